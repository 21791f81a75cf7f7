"""The networks of BEGAN (Berthelot et al. 2017): an autoencoder as the critic, and its decoder as the generator.

Blocks of two 3x3 convolutions with exponential linear units, from the image's size down to 8x8: strided convolutions
halve maps, nearest neighbours double them. The encoder's channels grow by `width` with each halving, the decoder's are
`width` everywhere; codes have the size of z. There is no normalisation.
"""

import dataclasses
from typing import ClassVar

import keras
import tensorflow as tf

from wirgan_tf.networks import recurrent
from wirgan_tf.networks.autoencoder import AutoencoderCritic
from wirgan_tf.networks.initialization import CRITIC, GENERATOR, WeightInitializers
from wirgan_tf.networks.layers import Composite, Layers
from wirgan_tf.networks.limits import check_side
from wirgan_tf.networks.network import AutoencoderNetwork, check_built
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.parts import setting

_SMALLEST_MAP = 8
_HALVINGS = {32: 2, 64: 3, 128: 4, 256: 5}


@dataclasses.dataclass(frozen=True)
class Began(AutoencoderNetwork):
    """BEGAN's generator and autoencoder.

    skip: whether the input of each block of convolutions is added to its output, in G and in D's decoder.
    """

    kernel_size: int = setting(3, "height and width of the convolutions' kernels", at_least=1)

    skip: ClassVar[bool] = False

    def build_generator(self, shape: tuple[int, ...], seed: int) -> recurrent.RecurrentGenerator:
        """The built generator of images of `shape` [H, W, C]; its last layer is tanh, to keep them in [-1, 1].

        Raises: `ValueError` for sizes that do not halve down to 8x8.
        """
        initializers = WeightInitializers(self.initializer, seed, GENERATOR)
        layers = Layers(initializers, kernel_size=self.kernel_size)
        return recurrent.assemble_single_step(self, Decoder(shape, self, layers, "tanh"), initializers)

    def build_critic(self, shape: tuple[int, ...], seed: int) -> AutoencoderCritic:
        """The built critic of images of `shape` [H, W, C]: minus the mean absolute error; its last layer is linear.

        Raises: `ValueError` for sizes that do not halve down to 8x8.
        """
        layers = Layers(WeightInitializers(self.critic_initializer, seed, CRITIC), kernel_size=self.kernel_size,
                        spectral_normalization=self.spectral_normalization)
        critic = AutoencoderCritic(Encoder(shape, self, layers), Decoder(shape, self, layers, "linear"), tf.abs)
        return check_built(critic, shape)


def halvings(shape: tuple[int, ...]) -> int:
    """How often images of `shape` [H, W, C] are halved down to 8x8. Raises `ValueError` for those that cannot be."""
    return _HALVINGS[check_side(shape, _HALVINGS, "it halves them down to 8x8; use network=dcgan for 28x28")]


class ConvolutionBlock(Composite, keras.layers.Layer):
    """Two convolutions with ELU, [B, H, W, c] -> [B, H, W, channels]; with `skip` the input is added to the output."""

    def __init__(self, name: str, channels: int, layers: Layers, skip: bool = False):
        super().__init__(name=name)
        self.convolutions = [layers.convolution(f"convolution_{number}", channels, activation="elu")
                             for number in range(2)]
        self.skip = skip

    def call(self, inputs, run: Pass = INFERENCE):
        features = inputs
        for convolution in self.convolutions:
            features = convolution(features, training=run.tracking)
        return inputs + features if self.skip else features


class Encoder(Composite, keras.layers.Layer):
    """Images [B, H, W, C] -> codes [B, latent]."""

    def __init__(self, shape: tuple[int, ...], settings: Began, layers: Layers):
        super().__init__(name="encoder")
        widths = [(level + 1) * settings.width for level in range(halvings(shape) + 1)]
        self.first = layers.convolution("first", settings.width, activation="elu")
        self.blocks = [ConvolutionBlock(f"block_{level}", width, layers) for level, width in enumerate(widths)]
        self.halve = [layers.halving_convolution(f"halve_{level}", width, activation="elu")
                      for level, width in enumerate(widths[:-1])]
        self.flatten = keras.layers.Flatten()
        self.to_code = layers.dense("to_code", settings.latent)

    def call(self, images, run: Pass = INFERENCE):
        features = self.blocks[0](self.first(images, training=run.tracking), run=run)
        for halve, block in zip(self.halve, self.blocks[1:], strict=True):
            features = block(halve(features, training=run.tracking), run=run)
        return self.to_code(self.flatten(features), training=run.tracking)


class Decoder(Composite, keras.layers.Layer):
    """Codes, or a generator's noise and state, [B, k] -> images, float32 [B, H, W, C]."""

    def __init__(self, shape: tuple[int, ...], settings: Began, layers: Layers, activation: str):
        super().__init__(name="decoder")
        width = settings.width
        self.dense = layers.dense("dense", _SMALLEST_MAP**2 * width)
        self.reshape = keras.layers.Reshape((_SMALLEST_MAP, _SMALLEST_MAP, width))
        self.blocks = [ConvolutionBlock(f"block_{level}", width, layers, settings.skip)
                       for level in range(halvings(shape) + 1)]
        self.double = keras.layers.UpSampling2D(2)
        self.to_image = layers.convolution("to_image", shape[-1], activation=activation, dtype="float32")

    def call(self, codes, run: Pass = INFERENCE):
        features = self.reshape(self.dense(codes, training=run.tracking))
        features = self.blocks[0](features, run=run)
        for block in self.blocks[1:]:
            features = block(self.double(features), run=run)
        return self.to_image(features, training=run.tracking)
