"""DRAW's attention: a grid of Gaussian filters laid over an image (Gregor et al. 2015, sections 3.2 and 3.3).

Coordinates are the article's: pixel (1, 1) is the first, (W, H) the last. They need float32 under any precision policy.
"""

from typing import NamedTuple

import tensorflow as tf


class Grid(NamedTuple):
    """Where N x N filters lie on an image and what they weigh, each float32 [B].

    centre_x, centre_y: of the grid, in pixels.
    stride: between neighbouring filters, in pixels.
    variance: of each filter.
    intensity: gamma, which patches are multiplied by when read and divided by when written.
    """

    centre_x: tf.Tensor
    centre_y: tf.Tensor
    stride: tf.Tensor
    variance: tf.Tensor
    intensity: tf.Tensor


def grid(parameters: tf.Tensor, shape: tuple[int, ...], size: int) -> Grid:
    """The grid that a network asks for.

    Args:
      parameters: float32 [B, 5]: the centre, from -1 to 1 over the image, and the logarithms of variance, relative
        stride and intensity. At 0 the grid spans the whole image.
      shape: of the image, [H, W, C].
      size: N.
    """
    height, width = shape[:2]
    centre_x, centre_y, log_variance, log_stride, log_intensity = tf.unstack(parameters, axis=1)
    widest = (max(height, width) - 1) / max(size - 1, 1)
    return Grid((width + 1) / 2 * (centre_x + 1), (height + 1) / 2 * (centre_y + 1), widest * tf.exp(log_stride),
                tf.exp(log_variance), tf.exp(log_intensity))


def filters(centre: tf.Tensor, stride: tf.Tensor, variance: tf.Tensor, size: int, length: int) -> tf.Tensor:
    """One axis' filters F, float32 [B, N, length], for centre, stride and variance [B]; their rows sum to 1.

    mu_i = g + (i - N/2 - 1/2) delta;  F[i, a] = exp(-(a - mu_i)^2 / (2 sigma^2)) / Z_i. As a softmax, so that a filter
    far outside the image weights the nearest pixels, although its exponentials would all underflow to 0.
    """
    offsets = tf.range(1, size + 1, dtype=tf.float32) - size / 2 - 0.5
    means = centre[:, None] + offsets * stride[:, None]  # [B, N]
    pixels = tf.range(1, length + 1, dtype=tf.float32)
    squares = tf.square(pixels - means[:, :, None])
    return tf.nn.softmax(-squares / (2.0 * variance[:, None, None]), axis=-1)


def read(images: tf.Tensor, where: Grid, size: int) -> tf.Tensor:
    """gamma F_Y x F_X^T: the patches [B, N, N, C] of images [B, H, W, C]."""
    rows, columns = _both_filters(where, images.shape[1:], size)
    patches = tf.einsum("bnh,bhwc,bmw->bnmc", rows, images, columns)
    return where.intensity[:, None, None, None] * patches


def write(patches: tf.Tensor, where: Grid, shape: tuple[int, ...]) -> tf.Tensor:
    """(1 / gamma) F_Y^T w F_X: patches [B, N, N, C] laid onto canvases [B, H, W, C]."""
    rows, columns = _both_filters(where, shape, patches.shape[1])
    canvases = tf.einsum("bnh,bnmc,bmw->bhwc", rows, patches, columns)
    return canvases / where.intensity[:, None, None, None]


def _both_filters(where: Grid, shape: tuple[int, ...], size: int) -> tuple[tf.Tensor, tf.Tensor]:
    height, width = shape[:2]
    return (filters(where.centre_y, where.stride, where.variance, size, height),
            filters(where.centre_x, where.stride, where.variance, size, width))
