"""Fully connected networks: those of simWIRGAN and simGP-WIRGAN for points in the plane (Feng et al. 2020, 4.3.2).

f, g and D are stacks of Dense + ReLU whose last layer is linear, without normalisation. Images are flattened, and
drawn through tanh.
"""

import dataclasses
import math
from collections.abc import Callable

import keras
import tensorflow as tf

from wirgan_tf.networks import inference, recurrent
from wirgan_tf.networks.activations import relu
from wirgan_tf.networks.conditioning import Conditioning
from wirgan_tf.networks.critic import FeatureCritic
from wirgan_tf.networks.initialization import CRITIC, GENERATOR, WeightInitializers
from wirgan_tf.networks.layers import Composite, Layers
from wirgan_tf.networks.network import ConditionalNetwork, CriticNetwork, EncoderNetwork, Recurrent, check_built
from wirgan_tf.networks.passes import INFERENCE, Pass

_HIDDEN_LAYERS = 3


@dataclasses.dataclass(frozen=True)
class PerceptronSettings(Recurrent, CriticNetwork):
    """The fully connected generator, and layers for the critic that goes with it."""

    def build_generator(self, shape: tuple[int, ...], seed: int,
                        conditioning: Conditioning | None = None) -> recurrent.RecurrentGenerator:
        """The built recurrent generator of points or images of `shape`."""
        initializers = WeightInitializers(self.initializer, seed, GENERATOR)
        layers, of_images = Layers(initializers), len(shape) == 3
        decoder = PerceptronDecoder(shape, self.width, layers,
                                    recurrent.canvas_activation(self) if of_images else "linear")
        encoder = None
        if self.time_steps > 1:
            encoder = Perceptron(self.latent, self.width, layers, self.state_activation, name="encoder")
        return recurrent.assemble(self, decoder, encoder, initializers, conditioning=conditioning,
                                  squash=tf.tanh if of_images else tf.identity, independent_samples=True)

    def critic_layers(self, seed: int) -> Layers:
        return Layers(WeightInitializers(self.critic_initializer, seed, CRITIC),
                      spectral_normalization=self.spectral_normalization)


class Mlp(PerceptronSettings, ConditionalNetwork, EncoderNetwork):
    """Fully connected generator, critic and encoder."""

    def build_critic(self, shape: tuple[int, ...], seed: int) -> "PerceptronCritic":
        """The built critic of points or images of `shape`."""
        return check_built(PerceptronCritic(self, self.critic_layers(seed)), shape)

    def build_encoder(self, shape: tuple[int, ...], seed: int) -> inference.PosteriorEncoder:
        """The built inference network of images of `shape` [H, W, C]. Raises `ValueError` for points."""
        layers = Layers(WeightInitializers(self.initializer, seed, CRITIC))
        trunk = Perceptron(inference.outputs(self), self.width, layers, name="trunk")
        return inference.assemble(self, shape, trunk)


class Perceptron(Composite, keras.layers.Layer):
    """Three hidden layers of `width` ReLU units and a linear one of `units`: [B, ...] -> float32 [B, units]."""

    def __init__(self, units: int, width: int, layers: Layers, activation: str = "linear",
                 hidden_activation: Callable[[tf.Tensor], tf.Tensor] = tf.nn.relu, **kwargs):
        super().__init__(**kwargs)
        self.flatten = keras.layers.Flatten()
        self.hidden = [layers.dense(f"hidden_{level}", width, activation=hidden_activation)
                       for level in range(_HIDDEN_LAYERS)]
        self.last = layers.dense("last", units, activation=activation, dtype="float32")

    def call(self, inputs, run: Pass = INFERENCE):
        return self.last(self.features(inputs, run), training=run.tracking)

    def features(self, inputs, run: Pass = INFERENCE):
        """The inputs of the last layer, [B, width]."""
        features = self.flatten(inputs)
        for layer in self.hidden:
            features = layer(features, training=run.tracking)
        return features


class PerceptronDecoder(Perceptron):
    """f: [z_t ; h_t], [B, 2 * latent] -> canvas [B, *shape]."""

    def __init__(self, shape: tuple[int, ...], width: int, layers: Layers, activation: str, name: str = "decoder"):
        super().__init__(math.prod(shape), width, layers, activation, name=name)
        self.reshape = keras.layers.Reshape(shape, dtype="float32")

    def call(self, inputs, run: Pass = INFERENCE):
        return self.reshape(super().call(inputs, run))


class PerceptronCritic(FeatureCritic):
    """D: images or points [B, *shape] -> scores [B]."""

    def __init__(self, settings: Mlp, layers: Layers):
        super().__init__(name="critic")
        self.perceptron = Perceptron(1, settings.width, layers, hidden_activation=relu, name="perceptron")

    def features(self, inputs, run: Pass = INFERENCE):
        return self.perceptron.features(inputs, run)

    @property
    def to_score(self) -> keras.layers.Layer:
        return self.perceptron.last
