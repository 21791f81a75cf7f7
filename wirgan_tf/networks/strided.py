"""Convolutions of stride 2, their transposes and gradients, computed as fast as ordinary convolutions.

A transposed convolution, which is also how a strided convolution's gradient reaches its input, runs at half the speed
of a convolution on CPUs, or less. Yet each of the four kinds of output pixels, by even or odd row and column, sees only
the taps of one parity: it is an ordinary convolution with a kernel of a quarter of the size, and the four together have
exactly the multiply-adds of the whole.
"""

import keras
import tensorflow as tf

_FEWEST_CHANNELS = 16  # with fewer, TensorFlow's own transposed convolution and kernel's gradient are faster


class StridedConvolution(keras.layers.Conv2D):
    """keras.layers.Conv2D of stride 2 and "same" padding for images of even size, [B, 2n, 2n, C] -> [B, n, n, F].

    Raises: `ValueError` for images of odd size, and for options that would make it another convolution.
    """

    def __init__(self, filters: int, kernel_size: int, **kwargs):
        _refuse_another_convolution(kwargs)
        super().__init__(filters, kernel_size, 2, "same", **kwargs)

    def build(self, input_shape):
        if any(side is not None and side % 2 for side in input_shape[1:3]):
            raise ValueError(f"images of shape {tuple(input_shape)}: this convolution halves even heights and widths")
        super().build(input_shape)

    def convolution_op(self, inputs, kernel):
        return strided_convolution(inputs, kernel)


class TransposedConvolution(keras.layers.Conv2DTranspose):
    """keras.layers.Conv2DTranspose of stride 2 and "same" padding, [B, n, n, C] -> [B, 2n, 2n, F].

    Raises: `ValueError` for options that would make it another convolution.
    """

    def __init__(self, filters: int, kernel_size: int, **kwargs):
        _refuse_another_convolution(kwargs)
        super().__init__(filters, kernel_size, 2, "same", **kwargs)

    def call(self, inputs):
        outputs = transposed_convolution(inputs, self.kernel)
        return self.activation(outputs + self.bias if self.use_bias else outputs)


def _refuse_another_convolution(options: dict[str, object]) -> None:
    for name in {"groups", "dilation_rate", "data_format", "output_padding"} & set(options):
        raise ValueError(f"{name}={options[name]}: this layer has the stride 2 alone; use Keras' own layer")


def strided_convolution(images: tf.Tensor, kernel: tf.Tensor | tf.Variable) -> tf.Tensor:
    """[B, 2n, 2n, C] with a kernel [k, k, C, F] -> [B, n, n, F]."""
    return _strided(images, tf.convert_to_tensor(kernel))


def transposed_convolution(maps: tf.Tensor, kernel: tf.Tensor | tf.Variable) -> tf.Tensor:
    """[B, n, n, F] with a kernel [k, k, C, F] -> [B, 2n, 2n, C]: how `strided_convolution` passes gradients on."""
    return _transposed(maps, tf.convert_to_tensor(kernel))


@tf.custom_gradient
def _strided(images: tf.Tensor, kernel: tf.Tensor):
    def gradient(upstream):
        return _transposed(upstream, kernel), _kernel_gradient(images, upstream, kernel.shape)

    return tf.nn.conv2d(images, kernel, 2, "SAME"), gradient


@tf.custom_gradient
def _transposed(maps: tf.Tensor, kernel: tf.Tensor):
    def gradient(upstream):
        return _strided(upstream, kernel), _kernel_gradient(upstream, maps, kernel.shape)

    if kernel.shape[2] >= _FEWEST_CHANNELS and kernel.shape[0] > 1:
        return _by_parity(maps, kernel), gradient
    size = tf.shape(maps)
    shape = tf.stack([size[0], 2 * size[1], 2 * size[2], kernel.shape[2]])
    outputs = tf.nn.conv2d_transpose(maps, kernel, shape, 2, "SAME")
    rows, *sides, _ = maps.shape
    doubled = [side and 2 * side for side in sides]  # None for a size that is not known yet
    return tf.ensure_shape(outputs, [rows, *doubled, kernel.shape[2]]), gradient


def _kernel_gradient(images: tf.Tensor, maps: tf.Tensor, shape: tf.TensorShape) -> tf.Tensor:
    """Of a kernel of `shape` [k, k, C, F] between `images` [B, 2n, 2n, C] and `maps` [B, n, n, F]."""
    @tf.custom_gradient
    def correlation(images, maps):
        def gradient(upstream):
            return _transposed(maps, upstream), _strided(images, upstream)

        if min(shape[2:]) >= _FEWEST_CHANNELS and shape[0] > 1:
            return _as_dilated(images, maps, shape[0]), gradient
        return tf.raw_ops.Conv2DBackpropFilter(input=images, filter_sizes=shape.as_list(), out_backprop=maps,
                                               strides=[1, 2, 2, 1], padding="SAME"), gradient

    return correlation(images, maps)


def _as_dilated(images: tf.Tensor, maps: tf.Tensor, size: int) -> tf.Tensor:
    """Tap j of the kernel's gradient is the sum over pixels m of maps[m] images[2m + j - before].

    That is a convolution of the images by the maps with dilation 2, the samples of the batch its channels.
    """
    before = (size - 2) // 2
    padding = [before, size - 2 - before]
    taps = tf.nn.conv2d(tf.transpose(images, [3, 1, 2, 0]), tf.transpose(maps, [1, 2, 0, 3]), 1,
                        [[0, 0], padding, padding, [0, 0]], dilations=2)
    return tf.transpose(taps, [1, 2, 0, 3])


def _by_parity(maps: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
    """Output pixel 2m + p is the sum over taps j of kernel[j] maps[m + (p + before - j) / 2], where j has p's parity.

    `before` is how far "same" padding starts before the image.
    """
    flipped = tf.transpose(kernel, [0, 1, 3, 2])
    parts = []
    for rows, row_padding in _taps(kernel.shape[0]):
        for columns, column_padding in _taps(kernel.shape[1]):
            taps = tf.gather(tf.gather(flipped, rows, axis=0), columns, axis=1)
            parts.append(tf.nn.conv2d(maps, taps, 1, [[0, 0], row_padding, column_padding, [0, 0]]))
    return tf.nn.depth_to_space(tf.concat(parts, axis=-1), 2)


def _taps(size: int) -> list[tuple[list[int], list[int]]]:
    """For even and odd output pixels along one axis: their taps, in the order of the input, and the input's padding.

    >>> _taps(5)
    [([3, 1], [1, 0]), ([4, 2, 0], [1, 1])]
    """
    before, found = (size - 2) // 2, []
    for parity in (0, 1):
        taps = [tap for tap in reversed(range(size)) if (parity + before - tap) % 2 == 0]
        found.append((taps, [(taps[0] - parity - before) // 2, (parity + before - taps[-1]) // 2]))
    return found
