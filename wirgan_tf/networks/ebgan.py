"""The networks of EBGAN (Zhao et al. 2016): DCGAN's generator, and an autoencoder as the critic.

The autoencoder halves the image once less often than the generator doubles it, but at least twice: for 64x64 it has
three strided convolutions down to 8x8 and three back, of `width`, 2 `width` and 4 `width` channels, while the
generator's four begin at 8 `width`. Codes are maps, so only the margin keeps the autoencoder from copying its input.
"""

import dataclasses

import keras
import tensorflow as tf

from wirgan_tf.networks import recurrent
from wirgan_tf.networks.activations import leaky_relu
from wirgan_tf.networks.autoencoder import AutoencoderCritic
from wirgan_tf.networks.convolutional import ConvolutionalDecoder, critic_layers, generator_layers
from wirgan_tf.networks.dcgan import dcgan_levels
from wirgan_tf.networks.initialization import GENERATOR, WeightInitializers
from wirgan_tf.networks.layers import Composite, Layers
from wirgan_tf.networks.network import AutoencoderNetwork, NormalizedCritic, check_built
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.parts import setting

_SLOPE = 0.2  # of LeakyReLU
_FEWEST_LEVELS = 2


@dataclasses.dataclass(frozen=True)
class Ebgan(NormalizedCritic, AutoencoderNetwork):
    """EBGAN's generator and energy."""

    kernel_size: int = setting(5, "height and width of the convolutions' kernels", at_least=1)

    def build_generator(self, shape: tuple[int, ...], seed: int) -> recurrent.RecurrentGenerator:
        """The built generator of images of `shape` [H, W, C]. Raises `ValueError` for other sizes."""
        initializers = WeightInitializers(self.initializer, seed, GENERATOR)
        layers = generator_layers(self, initializers, 1)
        decoder = ConvolutionalDecoder(shape, dcgan_levels(shape, self.width), layers, "tanh")
        return recurrent.assemble_single_step(self, decoder, initializers)

    def build_critic(self, shape: tuple[int, ...], seed: int) -> AutoencoderCritic:
        """The built critic of images of `shape` [H, W, C]: minus the mean squared error."""
        levels = dcgan_levels(shape, self.width)
        levels = levels[:max(_FEWEST_LEVELS, len(levels) - 1)]
        layers = critic_layers(self, seed, self.kernel_size)
        critic = AutoencoderCritic(EnergyEncoder(levels, layers), EnergyDecoder(levels, shape[-1], layers), tf.square)
        return check_built(critic, shape)


class EnergyEncoder(Composite, keras.layers.Layer):
    """Images [B, H, W, C] -> codes [B, h, w, c]: strided convolutions with LeakyReLU, all but the first normalised."""

    def __init__(self, levels: list[int], layers: Layers):
        super().__init__(name="encoder")
        self.convolutions = [layers.halving_convolution(f"convolution_{level}", channels)
                             for level, channels in enumerate(levels)]
        self.norms = [layers.norm(f"norm_{level}") for level in range(1, len(levels))]

    def call(self, images, run: Pass = INFERENCE):
        first, *others = self.convolutions
        features = leaky_relu(first(images, training=run.tracking), _SLOPE)
        for convolution, norm in zip(others, self.norms, strict=True):
            features = norm(convolution(features, training=run.tracking), run=run)
            features = leaky_relu(features, _SLOPE)
        return features


class EnergyDecoder(Composite, keras.layers.Layer):
    """Codes [B, h, w, c] -> images, float32 [B, H, W, C] in [-1, 1]: the encoder backwards, its last layer tanh."""

    def __init__(self, levels: list[int], channels: int, layers: Layers):
        super().__init__(name="decoder")
        widths = levels[-2::-1]
        self.convolutions = [layers.doubling_convolution(f"deconvolution_{level}", width)
                             for level, width in enumerate(widths)]
        self.norms = [layers.norm(f"norm_{level}") for level in range(len(widths))]
        self.to_image = layers.doubling_convolution("to_image", channels, activation="tanh", dtype="float32")

    def call(self, codes, run: Pass = INFERENCE):
        features = codes
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            features = norm(convolution(features, training=run.tracking), run=run)
            features = leaky_relu(features, _SLOPE)
        return self.to_image(features, training=run.tracking)
