"""The networks of InfoGAN on MNIST (Chen et al. 2016, appendix C.1): convolutions, and Dense before and after them.

    generator  Dense(1024), Dense(7 x 7 x 128), transposed convolutions 64, 1, of stride 2
    critic     convolutions 64, 128, of stride 2, Dense(1024), whose outputs the code head reads, then Dense(1)

with a width of 64 and kernels of 4x4. They are the convolutional network's decoder and critic with one more layer each.
The generator's mixes noise and codes before the first map: without it a category adds the same to the map whatever the
noise, and categories come to stand for strokes instead of digits (docs/results.md).
"""

import dataclasses

import tensorflow as tf

from wirgan_tf.networks import recurrent
from wirgan_tf.networks.activations import leaky_relu
from wirgan_tf.networks.conditioning import Conditioning
from wirgan_tf.networks.convolutional import (
    ConvolutionalCritic,
    ConvolutionalDecoder,
    ConvolutionSettings,
    channel_levels,
    critic_layers,
    generator_layers,
)
from wirgan_tf.networks.initialization import GENERATOR, WeightInitializers
from wirgan_tf.networks.layers import Layers
from wirgan_tf.networks.network import check_built
from wirgan_tf.networks.passes import INFERENCE, Pass

_WIDENING = 16  # units of the additional Dense, times the width


@dataclasses.dataclass(frozen=True)
class InfoGanNetwork(ConvolutionSettings):
    """InfoGAN's generator and critic for MNIST, and for other square images that can be halved twice."""

    def build_generator(self, shape: tuple[int, ...], seed: int,
                        conditioning: Conditioning | None = None) -> recurrent.RecurrentGenerator:
        """The generator of images of `shape` [H, W, C], built. Raises `ValueError` for other sizes."""
        initializers = WeightInitializers(self.initializer, seed, GENERATOR)
        layers = generator_layers(self, initializers, 1, conditioning=conditioning)
        decoder = InfoGanDecoder(shape, channel_levels(shape, self.width), layers, units=_WIDENING * self.width)
        return recurrent.assemble_single_step(self, decoder, initializers, conditioning)

    def build_critic(self, shape: tuple[int, ...], seed: int) -> "InfoGanCritic":
        """The critic of images of `shape` [H, W, C], built."""
        layers = critic_layers(self, seed, self.kernel_size)
        critic = InfoGanCritic(channel_levels(shape, self.width), self, layers, seed, units=_WIDENING * self.width)
        return check_built(critic, shape)


class InfoGanDecoder(ConvolutionalDecoder):
    """Dense with batch normalisation and ReLU, then the convolutional network's decoder."""

    def __init__(self, shape: tuple[int, ...], levels: list[int], layers: Layers, *, units: int):
        super().__init__(shape, levels, layers, "tanh")
        self.first = layers.dense("first", units, use_bias=False)
        self.first_norm = layers.norm("first_norm")

    def call(self, noise_and_state, run: Pass = INFERENCE):
        return super().call(tf.nn.relu(self.first_norm(self.first(noise_and_state), run=run)), run=run)


class InfoGanCritic(ConvolutionalCritic):
    """The convolutional network's critic with Dense, batch normalisation and LeakyReLU(0.1) before the score."""

    slope = 0.1

    def __init__(self, levels: list[int], settings: ConvolutionSettings, layers: Layers, seed: int, *, units: int):
        super().__init__(levels, settings, layers, seed)
        self.last = layers.dense("last", units)
        self.last_norm = layers.norm("last_norm") if settings.critic_normalization == "batch" else None

    def features(self, images, run: Pass = INFERENCE):
        features = self.last(super().features(images, run), training=run.tracking)
        if self.last_norm is not None:
            features = self.last_norm(features, run=run)
        return leaky_relu(features, self.slope)
