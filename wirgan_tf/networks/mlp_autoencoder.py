"""The mlp network with an autoencoder for a critic: EBGAN and BEGAN on points in the plane.

Both halves of the autoencoder are stacks as the mlp network's others; a code has `latent` numbers. The deviation is
BEGAN's, the mean of |x - D(x)| over a point's coordinates.
"""

import functools
import math

import keras
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.networks import mlp, spectral
from wirgan_tf.networks.autoencoder import AutoencoderCritic
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.limits import refuse_all_but

CRITIC_IS_AUTOENCODER = True

build_generator = mlp.build_generator


class PerceptronCoder(mlp.Perceptron):
    """Half an autoencoder: [B, ...] -> [B, *shape]."""

    def __init__(self, shape: tuple[int, ...], *args, **kwargs):
        super().__init__(math.prod(shape), *args, **kwargs)
        self.reshape = keras.layers.Reshape(shape)

    def call(self, inputs, training: bool = False, update_statistics: bool = True):
        return self.reshape(super().call(inputs, training and update_statistics))


def build_critic(config: Config, shape: tuple[int, ...]) -> AutoencoderCritic:
    """The critic of points or images of `shape`, built. Raises `ValueError` for normalisation and for dropout."""
    refuse_all_but(config, critic_normalization="none", critic_dropout=0.0)
    initializers = WeightInitializers(config.critic_initializer, config.seed, player=1)
    normalized = functools.partial(spectral.normalized, config=config)
    critic = AutoencoderCritic(
        PerceptronCoder((config.latent,), config, initializers, normalized=normalized, name="encoder"),
        PerceptronCoder(shape, config, initializers, normalized=normalized, name="decoder"), tf.abs)
    critic(tf.zeros([1, *shape]))
    return critic
