"""The networks of StackGAN besides its first stage's (Zhang et al. 2017): conditioning augmentation, and the refiner.

The refiner is the generator of the second stage: it has no noise of its own but that of the augmentation.
"""

import math

import keras
import tensorflow as tf

from wirgan_tf.networks.conditioning import as_vectors
from wirgan_tf.networks.layers import Composite, Layers
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.networks.stackgan import Doubling
from wirgan_tf.noise import Noise

_LARGE = 32  # images from this side on are halved twice before they are refined
_PAPER_SIDE = 256


class ConditioningAugmentation(Composite, keras.Model):
    """t -> the mean mu and the log deviation log sigma of c, float32 [B, units] each; both linear in t.

    Args:
      size: numbers in t, or classes of a label.
      units: of c.
      layers: makes its layer.
      deviation: sigma for t = 0 before training.
    """

    independent_samples = True

    def __init__(self, size: int, units: int, layers: Layers, name: str, deviation: float = 1.0):
        super().__init__(name=name)
        self.size = size
        self.units = units
        bias = keras.initializers.Constant([0.0] * units + [math.log(deviation)] * units)
        self.to_moments = layers.dense("to_moments", 2 * units, bias_initializer=bias, dtype="float32")

    @property
    def noise(self) -> Noise:
        """eps of c = mu + sigma eps."""
        return augmentation_noise(self.units)

    def call(self, condition):
        return tf.split(self.to_moments(as_vectors(condition, self.size)), 2, axis=-1)


def augmentation_noise(units: int) -> Noise:
    """eps of a c with this many numbers."""
    return Noise((units,), "normal")


class Refiner(Composite, keras.Model):
    """Images [B, h, h, C] of the first stage and c [B, k] -> larger images, float32 [B, H, H, C].

    Convolutions of stride 2, c joined to each pixel of the map, residuals, and doublings. At `width` 64 and from 64x64
    to 256x256 it is the source's.

    Args:
      small: shape [h, h, C] of the images that are refined.
      side: H.
      width: channels; 2 `width` on the image itself.
      layers: makes its layers.
    """

    independent_samples = False

    def __init__(self, small: tuple[int, ...], side: int, width: int, layers: Layers):
        super().__init__(name="refiner")
        halvings = 2 if small[0] >= _LARGE else 1
        channels = 2 * width
        self.first = layers.convolution("first", channels, 3)
        self.halvings, self.norms = [], []
        for level in range(halvings):
            channels *= 2
            self.halvings.append(layers.halving_convolution(f"halving_{level}", channels, use_bias=False))
            self.norms.append(layers.norm(f"norm_{level}"))
        self.joined = layers.convolution("joined", channels, 3, use_bias=False)
        self.joined_norm = layers.norm("joined_norm")
        self.residuals = [Residual(f"residual_{number}", channels, layers)
                          for number in range(4 if side >= _PAPER_SIDE else 2)]
        doublings = (side * 2**halvings // small[0]).bit_length() - 1
        self.doublings = [Doubling(f"doubling_{level}", max(channels // 2**(level + 1), 1), layers)
                          for level in range(doublings)]
        self.to_image = layers.convolution("to_image", small[-1], 3, activation="tanh", dtype="float32")

    def call(self, images, condition=None, run: Pass = INFERENCE):
        features = tf.nn.relu(self.first(images))
        for halving, norm in zip(self.halvings, self.norms, strict=True):
            features = tf.nn.relu(norm(halving(features), run=run))
        if condition is not None:
            laid = tf.cast(condition, features.dtype)[:, tf.newaxis, tf.newaxis]
            features = tf.concat([features, tf.tile(laid, [1, *features.shape[1:3], 1])], axis=-1)
        features = tf.nn.relu(self.joined_norm(self.joined(features), run=run))
        for residual in self.residuals:
            features = residual(features, run=run)
        for doubling in self.doublings:
            features = tf.nn.relu(doubling(features, run=run))
        return self.to_image(features)


class Residual(Composite, keras.layers.Layer):
    """ReLU(x + F(x)), F two convolutions of 3x3 with batch normalisation."""

    def __init__(self, name: str, channels: int, layers: Layers):
        super().__init__(name=name)
        self.convolutions = [layers.convolution(f"convolution_{number}", channels, 3, use_bias=False)
                             for number in range(2)]
        self.norms = [layers.norm(f"norm_{number}") for number in range(2)]

    def call(self, inputs, run: Pass = INFERENCE):
        features = tf.nn.relu(self.norms[0](self.convolutions[0](inputs), run=run))
        return tf.nn.relu(inputs + self.norms[1](self.convolutions[1](features), run=run))
