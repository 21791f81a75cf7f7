"""The networks of BEGAN (Berthelot et al. 2017): an autoencoder for a critic, and its decoder for a generator.

Blocks of two 3x3 convolutions with exponential linear units, from the image's size down to 8x8: strided convolutions
halve, nearest neighbours double. The encoder's channels grow by `width` with each halving, the decoder's are `width`
everywhere; codes have the size of z. There is no normalisation.
"""

import keras
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.networks import recurrent
from wirgan_tf.networks.autoencoder import AutoencoderCritic
from wirgan_tf.networks.composite import Composite
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.limits import check_side, refuse_all_but, refuse_recurrence
from wirgan_tf.networks.parts import Parts

CRITIC_IS_AUTOENCODER = True
_SMALLEST_MAP = 8
_HALVINGS = {32: 2, 64: 3, 128: 4, 256: 5}


def halvings(shape: tuple[int, ...]) -> int:
    """How often images of `shape` [H, W, C] are halved down to 8x8. Raises `ValueError` for those that cannot be."""
    return _HALVINGS[check_side(shape, _HALVINGS, "it halves them down to 8x8; use --network=dcgan for 28x28")]


class ConvolutionBlock(Composite, keras.layers.Layer):
    """Two convolutions with ELU, [B, H, W, c] -> [B, H, W, channels]; with `skip` the input is added to the output."""

    def __init__(self, name: str, channels: int, parts: Parts, skip: bool = False):
        super().__init__(name=name)
        self.convolutions = [parts.convolution(f"convolution_{number}", channels, activation="elu")
                             for number in range(2)]
        self.skip = skip

    def call(self, inputs, training: bool = False):
        features = inputs
        for convolution in self.convolutions:
            features = convolution(features, training=training)
        return inputs + features if self.skip else features


class Encoder(Composite, keras.layers.Layer):
    """Images [B, H, W, C] -> codes [B, latent]."""

    def __init__(self, shape: tuple[int, ...], config: Config, parts: Parts):
        super().__init__(name="encoder")
        widths = [(level + 1) * config.width for level in range(halvings(shape) + 1)]
        self.first = parts.convolution("first", config.width, activation="elu")
        self.blocks = [ConvolutionBlock(f"block_{level}", width, parts) for level, width in enumerate(widths)]
        self.halve = [parts.halving_convolution(f"halve_{level}", width, activation="elu")
                      for level, width in enumerate(widths[:-1])]
        self.flatten = keras.layers.Flatten()
        self.to_code = parts.dense("to_code", config.latent)

    def call(self, images, training: bool = False, update_statistics: bool = True):
        tracking = training and update_statistics
        features = self.blocks[0](self.first(images, training=tracking), training=tracking)
        for halve, block in zip(self.halve, self.blocks[1:], strict=True):
            features = block(halve(features, training=tracking), training=tracking)
        return self.to_code(self.flatten(features), training=tracking)


class Decoder(Composite, keras.layers.Layer):
    """Codes, or a generator's noise, [B, k] -> images, float32 [B, H, W, C]; `step` is of no account to it."""

    def __init__(self, shape: tuple[int, ...], config: Config, parts: Parts, activation: str, skip: bool):
        super().__init__(name="decoder")
        self.dense = parts.dense("dense", _SMALLEST_MAP**2 * config.width)
        self.reshape = keras.layers.Reshape((_SMALLEST_MAP, _SMALLEST_MAP, config.width))
        self.blocks = [ConvolutionBlock(f"block_{level}", config.width, parts, skip)
                       for level in range(halvings(shape) + 1)]
        self.double = keras.layers.UpSampling2D(2)
        self.to_image = parts.convolution("to_image", shape[-1], activation=activation, dtype="float32")

    def call(self, codes, step: int = 0, training: bool = False, update_statistics: bool = True):
        del step
        tracking = training and update_statistics
        features = self.reshape(self.dense(codes, training=tracking))
        features = self.blocks[0](features, training=tracking)
        for block in self.blocks[1:]:
            features = block(self.double(features), training=tracking)
        return self.to_image(features, training=tracking)


def build_generator(config: Config, shape: tuple[int, ...], skip: bool = False) -> recurrent.RecurrentGenerator:
    """The generator of images of `shape` [H, W, C], built; its images end in tanh, to stay in [-1, 1].

    Raises: `ValueError` for more than one time step, and for sizes that do not halve down to 8x8.
    """
    refuse_recurrence(config)
    initializers = WeightInitializers(config.initializer, config.seed, player=0)
    decoder = Decoder(shape, config, Parts(config, initializers), recurrent.canvas_activation(config), skip)
    return recurrent.assemble(config, decoder, None, tf.tanh, initializers)


def build_critic(config: Config, shape: tuple[int, ...], skip: bool = False) -> AutoencoderCritic:
    """The critic of images of `shape` [H, W, C], built: minus the mean absolute error; its decoder ends linear.

    Raises: `ValueError` for normalisation and dropout, and for sizes that do not halve down to 8x8.
    """
    refuse_all_but(config, critic_normalization="none", critic_dropout=0.0)
    initializers = WeightInitializers(config.critic_initializer, config.seed, player=1)
    parts = Parts(config, initializers, critic=True)
    encoder, decoder = Encoder(shape, config, parts), Decoder(shape, config, parts, "linear", skip)
    critic = AutoencoderCritic(encoder, decoder, tf.abs)
    critic(tf.zeros([1, *shape]))
    return critic
