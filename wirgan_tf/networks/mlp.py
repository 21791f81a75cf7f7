"""Fully connected networks: the toy models of section 4.3.2 (simWIRGAN and simGP-WIRGAN) for points in the plane.

f, g and D are stacks of Dense + ReLU whose last layer is linear, without normalisation. Images are flattened, and
drawn through tanh.
"""

import functools
import math
from collections.abc import Callable

import keras
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.networks import inference, recurrent, spectral
from wirgan_tf.networks.composite import Composite
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.limits import refuse_all_but

_HIDDEN_LAYERS = 3


class Perceptron(Composite, keras.layers.Layer):
    """Three hidden layers of `width` ReLU units and a linear one of `units`: [B, ...] -> float32 [B, units]."""

    independent_samples = True

    def __init__(self, units: int, config: Config, initializers: WeightInitializers, activation: str = "linear",
                 normalized: Callable[[keras.layers.Layer], keras.layers.Layer] = lambda layer: layer, **kwargs):
        super().__init__(**kwargs)
        self.flatten = keras.layers.Flatten()
        self.hidden = [
            normalized(keras.layers.Dense(config.width, "relu", kernel_initializer=initializers(),
                                          name=f"hidden_{level}"))
            for level in range(_HIDDEN_LAYERS)]
        self.last = normalized(keras.layers.Dense(units, activation, kernel_initializer=initializers(),
                                                  dtype="float32", name="last"))

    def call(self, inputs, training: bool = False):
        features = self.flatten(inputs)
        for layer in self.hidden:
            features = layer(features, training=training)
        return self.last(features, training=training)


class PerceptronDecoder(Perceptron):
    """f: [z_t ; h_t], [B, 2 * latent] -> canvas [B, *shape]."""

    def __init__(self, shape: tuple[int, ...], config: Config, initializers: WeightInitializers, activation: str):
        super().__init__(math.prod(shape), config, initializers, activation, name="decoder")
        self.reshape = keras.layers.Reshape(shape)

    def call(self, noise_and_state, step: int, training: bool = False, update_statistics: bool = True):
        del step, training, update_statistics  # without normalisation every step and mode is the same
        return self.reshape(super().call(noise_and_state))


class PerceptronEncoder(Perceptron):
    """g: canvas [B, *shape] -> h_t [B, latent]."""

    def __init__(self, config: Config, initializers: WeightInitializers):
        super().__init__(config.latent, config, initializers, config.encoder_activation, name="encoder")

    def call(self, canvas, step: int, training: bool = False, update_statistics: bool = True):
        del step, training, update_statistics
        return super().call(canvas)


class PerceptronCritic(Composite, keras.Model):
    """D: images or points [B, *shape] -> scores [B]; higher means more real.

    piecewise_linear: whether it is linear in its inputs between the kinks of ReLU, so that `input_gradients` holds.
    """

    def __init__(self, config: Config, initializers: WeightInitializers):
        super().__init__(name="critic")
        self.piecewise_linear = config.penalty != "spectral"
        self.perceptron = Perceptron(1, config, initializers,
                                     normalized=functools.partial(spectral.normalized, config=config))

    def call(self, inputs, training: bool = False, update_statistics: bool = True):
        return tf.squeeze(self.perceptron(inputs, training=training and update_statistics), axis=-1)

    def input_gradients(self, inputs) -> tf.Tensor:
        """grad_x D for each of the inputs, [B, *shape]; differentiable with respect to the critic's weights.

        W_1 S_1 ... W_L S_L a, where the slopes S of ReLU are 1 or 0 and constant around x.
        """
        features, slopes = self.perceptron.flatten(inputs), []
        for layer in self.perceptron.hidden:
            features = layer(features)
            slopes.append(tf.stop_gradient(tf.sign(features)))  # of relu(x): 1 where x > 0, else 0
        gradients = tf.repeat(tf.transpose(self.perceptron.last.kernel), tf.shape(inputs)[0], axis=0)
        for layer, slope in zip(reversed(self.perceptron.hidden), reversed(slopes), strict=True):
            gradients = tf.matmul(gradients * tf.cast(slope, gradients.dtype), layer.kernel, transpose_b=True)
        return tf.reshape(gradients, tf.shape(inputs))


def build_generator(config: Config, shape: tuple[int, ...]) -> recurrent.RecurrentGenerator:
    """The recurrent generator of points or images of `shape`, built."""
    initializers = WeightInitializers(config.initializer, config.seed, player=0)
    squash = tf.tanh if len(shape) == 3 else tf.identity
    activation = recurrent.canvas_activation(config) if len(shape) == 3 else "linear"
    decoder = PerceptronDecoder(shape, config, initializers, activation)
    encoder = PerceptronEncoder(config, initializers) if config.time_steps > 1 else None
    return recurrent.assemble(config, decoder, encoder, squash, initializers)


def build_critic(config: Config, shape: tuple[int, ...]) -> PerceptronCritic:
    """The critic of points or images of `shape`, built. Raises `ValueError` for normalisation and for dropout."""
    refuse_all_but(config, critic_normalization="none", critic_dropout=0.0)
    critic = PerceptronCritic(config, WeightInitializers(config.critic_initializer, config.seed, player=1))
    critic(tf.zeros([1, *shape]))
    return critic


def build_encoder(config: Config, shape: tuple[int, ...]) -> inference.Encoder:
    """The inference network of images of `shape` [H, W, C], built. Raises `ValueError` for points."""
    initializers = WeightInitializers(config.initializer, config.seed, player=1)
    trunk = Perceptron(inference.outputs(config), config, initializers, name="trunk")
    return inference.assemble(config, shape, trunk)
