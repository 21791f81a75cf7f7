"""How far translations are from what they should be, image by image."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

_RANGE = 2.0  # of [-1, 1]
_WINDOW = 11  # pixels of the similarity's window, fewer in smaller images
_MOST_DECIBELS = 100.0  # the ratio given to equal images, for which it is infinite


class PartnerErrors(NamedTuple):
    """Errors of n images against their partners, float32 [n] each.

    l1: mean absolute difference, of values in [-1, 1]: from 0 to 2.
    psnr: peak signal-to-noise ratio in decibels, at most 100.
    ssim: structural similarity (Wang et al. 2004), at most 1.
    """

    l1: np.ndarray
    psnr: np.ndarray
    ssim: np.ndarray


def partner_errors(images: np.ndarray, partners: np.ndarray) -> PartnerErrors:
    """Compares images [n, H, W, C] in [-1, 1] with as many partners of the same shape, by TensorFlow's own functions.

    Raises: `ValueError` for other shapes.

    >>> found = partner_errors(np.zeros([1, 8, 8, 1], np.float32), np.full([1, 8, 8, 1], 0.2, np.float32))
    >>> print(*np.round([found.l1[0], found.psnr[0]], 4))  # 10 log10(2^2 / 0.2^2) = 20
    0.2 20.0
    """
    if images.shape != partners.shape:
        raise ValueError(f"images of shape {list(images.shape)} and partners of {list(partners.shape)}; expected one "
                         "partner of the same shape for each image")
    images, partners = tf.constant(images, tf.float32), tf.constant(partners, tf.float32)
    window = min(_WINDOW, *images.shape[1:3])
    return PartnerErrors(
        tf.reduce_mean(tf.abs(images - partners), axis=[1, 2, 3]).numpy(),
        tf.minimum(tf.image.psnr(images, partners, _RANGE), _MOST_DECIBELS).numpy(),
        tf.image.ssim(images, partners, _RANGE, filter_size=window).numpy())
