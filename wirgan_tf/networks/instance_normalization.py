"""Instance normalisation (Ulyanov et al. 2016, arXiv 1607.08022)."""

import keras
import tensorflow as tf

from wirgan_tf.networks.passes import INFERENCE, Pass

_EPSILON = 1e-5


class InstanceNormalization(keras.layers.Layer):
    """gamma (x - mean) / sqrt(variance + 1e-5) + beta, [B, H, W, C] -> the same.

    Moments are those of each image and channel over its pixels, the variance biased: there are no moving averages, and
    training and inference are the same. On a map of one pixel the result would be beta, whatever the image.

    Args:
      gamma_initializer: of the scale.
    """

    def __init__(self, gamma_initializer: keras.Initializer | str = "ones", **kwargs):
        super().__init__(**kwargs)
        self._gamma_initializer = gamma_initializer

    def build(self, input_shape):
        channels = (input_shape[-1],)
        self.gamma = self.add_weight(shape=channels, initializer=self._gamma_initializer, name="gamma", autocast=False)
        self.beta = self.add_weight(shape=channels, initializer="zeros", name="beta", autocast=False)

    def call(self, inputs, run: Pass = INFERENCE):
        del run
        inputs = tf.cast(inputs, self.variable_dtype)
        mean, variance = tf.nn.moments(inputs, [1, 2], keepdims=True)
        outputs = tf.nn.batch_normalization(inputs, mean, variance, self.beta, self.gamma, _EPSILON)
        return tf.cast(outputs, self.compute_dtype)
