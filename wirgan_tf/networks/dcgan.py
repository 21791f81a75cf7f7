"""The networks of DCGAN (Radford et al. 2016): (transposed) convolutions of stride 2, four for 64x64 images.

They are the convolutional network's own decoder and critic, without its encoder, at DCGAN's sizes: five convolutions
for 128x128 and 256x256, down to 4x4 and 8x8; three for 32x32, and for 28x28 two, down to 7x7.
"""

import dataclasses

from wirgan_tf.networks import recurrent
from wirgan_tf.networks.conditioning import Conditioning
from wirgan_tf.networks.convolutional import (
    ConvolutionalCritic,
    ConvolutionalDecoder,
    ConvolutionSettings,
    critic_of,
    generator_layers,
)
from wirgan_tf.networks.initialization import GENERATOR, WeightInitializers
from wirgan_tf.networks.limits import check_side

_LEVELS = {28: 2, 32: 3, 64: 4, 128: 5, 256: 5}
_MOST_WIDENING = 8


@dataclasses.dataclass(frozen=True)
class Dcgan(ConvolutionSettings):
    """DCGAN's generator and critic."""

    def build_generator(self, shape: tuple[int, ...], seed: int,
                        conditioning: Conditioning | None = None) -> recurrent.RecurrentGenerator:
        """The built generator of images of `shape` [H, W, C]. Raises `ValueError` for other sizes."""
        initializers = WeightInitializers(self.initializer, seed, GENERATOR)
        layers = generator_layers(self, initializers, 1, conditioning=conditioning)
        decoder = ConvolutionalDecoder(shape, dcgan_levels(shape, self.width), layers, "tanh")
        return recurrent.assemble_single_step(self, decoder, initializers, conditioning)

    def build_critic(self, shape: tuple[int, ...], seed: int) -> ConvolutionalCritic:
        """The built critic of images of `shape` [H, W, C]."""
        return critic_of(dcgan_levels(shape, self.width), self, shape, seed)


def dcgan_levels(shape: tuple[int, ...], width: int) -> list[int]:
    """Channels of each strided convolution for images of `shape` [H, W, C].

    >>> dcgan_levels((64, 64, 3), 128), dcgan_levels((256, 256, 3), 64)
    ([128, 256, 512, 1024], [64, 128, 256, 512, 512])

    Raises: `ValueError` for other sizes.
    """
    side = check_side(shape, _LEVELS, "use network=convolutional for other sizes, network=mlp for points")
    return [width * min(2**level, _MOST_WIDENING) for level in range(_LEVELS[side])]
