"""The networks of EBGAN (Zhao et al. 2016): DCGAN's generator, and an autoencoder for a critic.

The autoencoder halves the image one time less than the generator doubles it, and at least twice: 64x64 has three
strided convolutions down to 8x8 and back, of `width`, 2 `width` and 4 `width` channels, the generator's four begin at
8 `width`. Codes are maps, so that nothing but the margin keeps the autoencoder from copying.
"""

import keras
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.networks import dcgan
from wirgan_tf.networks.autoencoder import AutoencoderCritic
from wirgan_tf.networks.composite import Composite
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.limits import refuse_all_but
from wirgan_tf.networks.parts import Parts

_SLOPE = 0.2  # of LeakyReLU
_FEWEST_LEVELS = 2

CRITIC_IS_AUTOENCODER = True
build_generator = dcgan.build_generator


class EnergyEncoder(Composite, keras.layers.Layer):
    """Images [B, H, W, C] -> codes [B, h, w, c]: strided convolutions with LeakyReLU, all but the first normalised."""

    def __init__(self, levels: list[int], parts: Parts):
        super().__init__(name="encoder")
        self.convolutions = [parts.halving_convolution(f"convolution_{level}", channels)
                             for level, channels in enumerate(levels)]
        self.norms = [parts.norm(f"norm_{level}") for level in range(1, len(levels))]

    def call(self, images, training: bool = False, update_statistics: bool = True):
        first, *others = self.convolutions
        tracking = training and update_statistics
        features = tf.nn.leaky_relu(first(images, training=tracking), _SLOPE)
        for convolution, norm in zip(others, self.norms, strict=True):
            features = norm(convolution(features, training=tracking), training=training,
                            update_statistics=update_statistics)
            features = tf.nn.leaky_relu(features, _SLOPE)
        return features


class EnergyDecoder(Composite, keras.layers.Layer):
    """Codes [B, h, w, c] -> images, float32 [B, H, W, C] in [-1, 1]: the encoder backwards, its last layer tanh."""

    def __init__(self, levels: list[int], channels: int, parts: Parts):
        super().__init__(name="decoder")
        widths = levels[-2::-1]
        self.convolutions = [parts.doubling_convolution(f"deconvolution_{level}", width)
                             for level, width in enumerate(widths)]
        self.norms = [parts.norm(f"norm_{level}") for level in range(len(widths))]
        self.to_image = parts.doubling_convolution("to_image", channels, activation="tanh", dtype="float32")

    def call(self, codes, training: bool = False, update_statistics: bool = True):
        features, tracking = codes, training and update_statistics
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            features = norm(convolution(features, training=tracking), training=training,
                            update_statistics=update_statistics)
            features = tf.nn.leaky_relu(features, _SLOPE)
        return self.to_image(features, training=tracking)


def build_critic(config: Config, shape: tuple[int, ...]) -> AutoencoderCritic:
    """The critic of images of `shape` [H, W, C], built: minus the mean squared error.

    Raises: `ValueError` for other sizes and for dropout.
    """
    refuse_all_but(config, critic_dropout=0.0)
    levels = dcgan.channel_levels(shape, config.width)
    levels = levels[:max(_FEWEST_LEVELS, len(levels) - 1)]
    initializers = WeightInitializers(config.critic_initializer, config.seed, player=1)
    parts = Parts(config, initializers, critic=True, batch_norm_steps=int(config.critic_normalization == "batch"))
    critic = AutoencoderCritic(EnergyEncoder(levels, parts), EnergyDecoder(levels, shape[-1], parts), tf.square)
    critic(tf.zeros([1, *shape]))
    return critic
