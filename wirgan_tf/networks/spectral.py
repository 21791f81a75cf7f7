"""Spectral normalisation of a critic's layers (Miyato et al. 2018).

`keras.layers.SpectralNormalization` overwrites the kernel with the normalised one, so that the gradient ignores the
division by the norm, and draws its vector without a seed. Here the kernel W stays and the layer computes with
W / sigma(W), through which the gradient passes, as in the paper (its equations 8 and 12).
"""

import keras
import tensorflow as tf


class SpectralNormalization(keras.layers.Wrapper):
    """A layer whose kernel W, as a matrix [all else, last axis], is divided by its largest singular value sigma(W).

    sigma(W) = v^T W u comes from one power iteration that starts at the variable u, `vector_u`. A call with `training`
    updates u (Algorithm 1); a call without it leaves u as it is.
    """

    def build(self, input_shape):
        super().build(input_shape)
        self.vector_u = self.add_weight(
            shape=(self.layer.kernel.shape[-1], 1), trainable=False, autocast=False, name="vector_u",
            initializer=keras.initializers.RandomNormal(seed=0))

    def call(self, inputs, training: bool = False):
        kernel = tf.convert_to_tensor(self.layer.kernel)
        matrix = tf.reshape(kernel, [-1, kernel.shape[-1]])
        v = tf.stop_gradient(tf.nn.l2_normalize(tf.matmul(matrix, self.vector_u)))
        u = tf.stop_gradient(tf.nn.l2_normalize(tf.matmul(matrix, v, transpose_a=True)))
        if training:
            self.vector_u.assign(u)
        norm = tf.matmul(v, tf.matmul(matrix, u), transpose_a=True)
        with keras.StatelessScope(state_mapping=[(self.layer.kernel, kernel / norm)]):
            return self.layer(inputs)

