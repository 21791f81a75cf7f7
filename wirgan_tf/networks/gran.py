"""The discriminator of GRAN's own code (Im et al. 2016), and the recurrent generator of the convolutional network.

    critic     convolutions of stride 2 with batch normalisation and ReLU, Dense(100) with tanh, Dense(1)

The generator becomes GRAN's by settings that the convolutional network has too: `canvas`, `noise_layer` and
`encoder_activation`. GRAN's code differs as follows: its critic's channels fall from layer to layer, its scores have no
bias, its generator normalises Dense layers but no convolution that draws, and z is drawn once for all time steps. For
the other differences of its training, see `presets.GRAN_PROGRAM`.
"""

import dataclasses

import keras
import tensorflow as tf

from wirgan_tf.networks import recurrent
from wirgan_tf.networks.activations import relu
from wirgan_tf.networks.conditioning import Conditioning
from wirgan_tf.networks.convolutional import channel_levels, critic_layers, recurrent_generator
from wirgan_tf.networks.critic import FeatureCritic
from wirgan_tf.networks.layers import Layers
from wirgan_tf.networks.network import ConditionalNetwork, NormalizedCritic, Recurrent, check_built
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.parts import setting

_UNITS = 100


@dataclasses.dataclass(frozen=True)
class GranNetwork(Recurrent, NormalizedCritic, ConditionalNetwork):
    """The recurrent generator, and GRAN's discriminator, for square images that can be halved twice."""

    kernel_size: int = setting(5, "height and width of the convolutions' kernels", at_least=1)

    def build_generator(self, shape: tuple[int, ...], seed: int,
                        conditioning: Conditioning | None = None) -> recurrent.RecurrentGenerator:
        """The built recurrent generator of images of `shape` [H, W, C]."""
        return recurrent_generator(self, shape, seed, conditioning)

    def build_critic(self, shape: tuple[int, ...], seed: int) -> "GranCritic":
        """The built critic of images of `shape` [H, W, C]."""
        layers = critic_layers(self, seed, kernel_size=self.kernel_size)
        return check_built(GranCritic(channel_levels(shape, self.width), layers), shape)


class GranCritic(FeatureCritic):
    """D: calls take images [B, H, W, C] and return scores, float32 [B].

    Batch normalisation, when asked for, follows every convolution; `levels` are their channels.
    """

    def __init__(self, levels: list[int], layers: Layers):
        super().__init__(name="critic")
        self.convolutions = [layers.halving_convolution(f"convolution_{level}", channels)
                             for level, channels in enumerate(levels)]
        self.norms = [layers.norm(f"norm_{level}") for level in range(len(levels))]
        self.flatten = keras.layers.Flatten()
        self.last = layers.dense("last", _UNITS)
        self.to_score = layers.dense("to_score", 1, dtype="float32")

    def features(self, images, run: Pass = INFERENCE):
        features = images
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            features = relu(norm(convolution(features, training=run.tracking), run=run))
        return tf.tanh(self.last(self.flatten(features), training=run.tracking))
