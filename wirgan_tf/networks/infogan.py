"""The networks of InfoGAN on MNIST (Chen et al. 2016, appendix C.1): convolutions, and Dense before and after them.

    generator  Dense(1024), Dense(7 x 7 x 128), transposed convolutions 64, 1, of stride 2
    critic     convolutions 64, 128, of stride 2, Dense(1024), whose outputs the code head reads, then Dense(1)

with a width of 64 and kernels of 4x4. They are the convolutional network's decoder and critic with one more Dense each.
The generator's additional Dense mixes noise and codes before the first map: without it a category adds the same to the
map whatever the noise, and categories come to stand for strokes instead of digits (docs/results/conditions.md).
"""

import dataclasses

from wirgan_tf.networks import recurrent
from wirgan_tf.networks.conditioning import Conditioning
from wirgan_tf.networks.convolutional import (
    ConvolutionalCritic,
    ConvolutionalDecoder,
    ConvolutionSettings,
    channel_levels,
    critic_of,
    generator_layers,
)
from wirgan_tf.networks.initialization import GENERATOR, WeightInitializers

_WIDENING = 16  # units of the additional Dense, times the width
_SLOPE = 0.1  # of the critic's LeakyReLU


@dataclasses.dataclass(frozen=True)
class InfoGanNetwork(ConvolutionSettings):
    """InfoGAN's generator and critic for MNIST, and for other square images that can be halved twice."""

    def build_generator(self, shape: tuple[int, ...], seed: int,
                        conditioning: Conditioning | None = None) -> recurrent.RecurrentGenerator:
        """The built generator of images of `shape` [H, W, C]. Raises `ValueError` for other sizes."""
        initializers = WeightInitializers(self.initializer, seed, GENERATOR)
        layers = generator_layers(self, initializers, 1, conditioning=conditioning)
        decoder = ConvolutionalDecoder(shape, channel_levels(shape, self.width), layers, "tanh",
                                       units=_WIDENING * self.width)
        return recurrent.assemble_single_step(self, decoder, initializers, conditioning)

    def build_critic(self, shape: tuple[int, ...], seed: int) -> ConvolutionalCritic:
        """The built critic of images of `shape` [H, W, C]."""
        return critic_of(channel_levels(shape, self.width), self, shape, seed, units=_WIDENING * self.width,
                         slope=_SLOPE)
