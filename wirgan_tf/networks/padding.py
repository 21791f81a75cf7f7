"""Convolutions of images that are padded by the same number of pixels on all sides."""

import keras
import tensorflow as tf

MODES = {"zero": "CONSTANT", "reflect": "REFLECT"}


class PaddedConvolution(keras.layers.Conv2D):
    """keras.layers.Conv2D of an image padded by (kernel size - 1) / 2, rounded down, on all sides.

    Args:
      border: "zero", or "reflect" for the image mirrored at its outermost pixels.
    """

    def __init__(self, filters: int, kernel_size: int, *, border: str = "zero", **options):
        super().__init__(filters, kernel_size, padding="valid", **options)
        self._mode, self._side = MODES[border], (kernel_size - 1) // 2

    def compute_output_shape(self, input_shape):
        rows, *sides, channels = input_shape
        padded = [None if side is None else side + 2 * self._side for side in sides]
        return super().compute_output_shape((rows, *padded, channels))

    def call(self, inputs):
        side = [self._side, self._side]
        return super().call(tf.pad(inputs, [[0, 0], side, side, [0, 0]], self._mode))
