"""Dropout whose masks are a function of a seed and of the number drawn before, on any number of devices."""

import keras
import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.noise import ALGORITHM, Purpose, stream_seed

MASK_COUNT = "drawn_masks"  # name of the variable that counts them


class SeededDropout(keras.layers.Layer):
    """In training sets a share of the features to 0 and divides the others by 1 - share; at inference the identity.

    The number of masks drawn so far is a variable, so that a resumed run continues with the masks it would have had.
    Masks are drawn for the whole batch and cut into the replicas' rows. `keras.layers.Dropout` counts too, but draws
    the same mask on every replica.

    Args:
      share: of the features, in [0, 1).
      seed: of the network.
      number: of this layer in the network; each layer has masks of its own.
    """

    def __init__(self, share: float, seed: int, number: int, **kwargs):
        super().__init__(**kwargs)
        self.share = share
        self.seed = seed
        self.number = number

    def build(self, input_shape):
        self.drawn = self.add_weight(shape=(), dtype="int64", initializer="zeros", trainable=False, name=MASK_COUNT,
                                     aggregation="only_first_replica")

    def call(self, features, run: Pass = INFERENCE):
        if not run.training:
            return features
        seed = stream_seed(self.seed, self.drawn, tf.constant(self.number), Purpose.DROPOUT)
        self.drawn.assign_add(1)
        shape = tf.shape(features)
        uniform = tf.random.stateless_uniform(
            tf.concat([shape[:1] * replicas.count(), shape[1:]], axis=0), seed, alg=ALGORITHM)
        kept = tf.ensure_shape(replicas.rows(uniform), features.shape) >= self.share
        return tf.where(kept, features / (1.0 - self.share), tf.zeros_like(features))
