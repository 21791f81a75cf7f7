"""The fixed generator of Figure 4: real data plus noise."""

import math

import keras
import numpy as np
import tensorflow as tf

NOISE = 1.0  # deviation; Gulrajani et al. 2017 (gan_toy.py) with a fixed generator: the data is about as wide


class NoisyData(keras.Model):
    """G(z) = x_i + NOISE (z_2, z_3), where i is the quantile of z_1: a generator with nothing to learn.

    Args:
      points: float32 [N, 2], real.
    """

    time_steps = 1
    latent = 3  # one number to choose the point by, two to move it

    def __init__(self, points: np.ndarray):
        super().__init__(name="noisy_data")
        self.points = tf.constant(points)
        self.built = True

    def generate(self, z: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Points [B, 2] for z ~ N(0, 1), [1, B, 3]."""
        del training
        quantiles = (1.0 + tf.math.erf(z[0, :, 0] / math.sqrt(2.0))) / 2.0
        size = len(self.points)
        chosen = tf.minimum(tf.cast(quantiles * size, tf.int32), size - 1)
        return tf.gather(self.points, chosen) + NOISE * z[0, :, 1:]

    def refine(self, z: tf.Tensor) -> tf.Tensor:
        """The one canvas, [1, B, 2]."""
        return self.generate(z)[tf.newaxis]
