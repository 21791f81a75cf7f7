"""The convolutional networks of the GP-WIRGAN paper's Table 2, for any square image that can be halved twice.

Each level halves the image with a strided convolution and doubles the channels: `width`, 2 `width`, ... up to
8 `width`. 28x28 has levels 28 -> 14 -> 7; 32x32, 64x64 and 128x128 end at 4x4; 8x8 ends at 2x2.
"""

import dataclasses

import keras
import tensorflow as tf

from wirgan_tf.networks import inference, recurrent
from wirgan_tf.networks.activations import leaky_relu
from wirgan_tf.networks.conditioning import Conditioning
from wirgan_tf.networks.critic import FeatureCritic
from wirgan_tf.networks.dropout import SeededDropout
from wirgan_tf.networks.initialization import CRITIC, GENERATOR, WeightInitializers
from wirgan_tf.networks.layers import Composite, Layers
from wirgan_tf.networks.network import (
    ConditionalNetwork,
    EncoderNetwork,
    NormalizedCritic,
    Recurrent,
    check_built,
)
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.parts import setting

_SMALLEST_MAP = 4
_FEWEST_LEVELS = 2
_MOST_WIDENING = 8


@dataclasses.dataclass(frozen=True)
class ConvolutionSettings(NormalizedCritic, ConditionalNetwork):
    """What the convolutional networks have in common with DCGAN's."""

    kernel_size: int = setting(5, "height and width of the convolutions' kernels", at_least=1)
    critic_dropout: float = setting(0.0, "share of the critic's features dropped after each activation in training",
                                    at_least=0, below=1)


@dataclasses.dataclass(frozen=True)
class Convolutional(Recurrent, ConvolutionSettings, EncoderNetwork):
    """Strided convolutions, and transposed ones in the generator (Table 2 of Feng et al. 2020).

    `dense_units` is not in that table: it sets the additional layer of InfoGAN's networks (Chen et al. 2016).
    """

    dense_units: int = setting(0, "units of one more Dense, before the generator's convolutions and after the "
                               "critic's; 0: neither", at_least=0)

    def build_generator(self, shape: tuple[int, ...], seed: int,
                        conditioning: Conditioning | None = None) -> recurrent.RecurrentGenerator:
        """The built recurrent generator of images of `shape` [H, W, C]."""
        return recurrent_generator(self, shape, seed, conditioning, units=self.dense_units)

    def build_critic(self, shape: tuple[int, ...], seed: int) -> "ConvolutionalCritic":
        """The built critic of images of `shape` [H, W, C]."""
        return critic_of(channel_levels(shape, self.width), self, shape, seed, units=self.dense_units)

    def build_encoder(self, shape: tuple[int, ...], seed: int) -> inference.PosteriorEncoder:
        """The built inference network of images of `shape` [H, W, C]."""
        layers = generator_layers(self, WeightInitializers(self.initializer, seed, CRITIC), 1)
        trunk = ConvolutionalEncoder(channel_levels(shape, self.width), layers, units=inference.outputs(self))
        return inference.assemble(self, shape, trunk)


def channel_levels(shape: tuple[int, ...], width: int) -> list[int]:
    """Channels of each strided convolution for images of `shape` [H, W, C].

    >>> channel_levels((28, 28, 1), 128), channel_levels((32, 32, 3), 128)
    ([128, 256], [128, 256, 512])

    Raises: `ValueError` for anything but square images whose side is divisible by 4 and is at least 8.
    """
    if len(shape) != 3 or shape[0] != shape[1]:
        raise ValueError(f"the convolutional network draws square images [H, W, C], the data has shape "
                         f"{tuple(shape)}; use network=mlp")
    side, levels = shape[0], 0
    while side % 2 == 0 and (side > _SMALLEST_MAP or levels < _FEWEST_LEVELS):
        side, levels = side // 2, levels + 1
    if levels < _FEWEST_LEVELS or side < 2:
        raise ValueError(f"images of {shape[0]}x{shape[1]} cannot be halved twice down to 2x2 or larger; "
                         "use a size divisible by 4, from 8 on")
    return [width * min(2**level, _MOST_WIDENING) for level in range(levels)]


def recurrent_generator(settings, shape: tuple[int, ...], seed: int, conditioning: Conditioning | None, *,
                        units: int = 0) -> recurrent.RecurrentGenerator:
    """The built recurrent generator of images of `shape` [H, W, C], by the settings of `Recurrent` and `kernel_size`.

    `units` are those of one more Dense before the convolutions, none if 0.
    """
    initializers = WeightInitializers(settings.initializer, seed, GENERATOR)
    levels = channel_levels(shape, settings.width)
    layers = generator_layers(settings, initializers, settings.time_steps, conditioning=conditioning)
    decoder = ConvolutionalDecoder(shape, levels, layers, recurrent.canvas_activation(settings), units=units)
    encoder = None
    if settings.time_steps > 1:
        layers = generator_layers(settings, initializers, settings.time_steps - 1, first_step=1)
        encoder = ConvolutionalEncoder(levels, layers, units=settings.latent, activation=settings.state_activation)
    return recurrent.assemble(settings, decoder, encoder, initializers, conditioning=conditioning)


def generator_layers(settings: ConvolutionSettings, initializers: WeightInitializers, steps: int,
                     first_step: int = 0, conditioning: Conditioning | None = None) -> Layers:
    """Layers of f or g, normalised by the batch, and by the condition when `conditioning` says so."""
    classes = conditioning.size if conditioning is not None and conditioning.normalized else 0
    return Layers(initializers, kernel_size=settings.kernel_size, batch_norm_steps=steps, first_step=first_step,
                  classes=classes, synchronized=settings.sync_batch_norm)


class ConvolutionalDecoder(Composite, keras.layers.Layer):
    """f: Dense, then transposed convolutions of stride 2; batch normalisation and ReLU between them.

    Calls take [z_t ; h_t], [B, 2 * latent], and return a canvas, float32 [B, H, W, C]. `levels` are channels from
    the image inwards, as for the encoder; `units` are those of another Dense before the first, none if 0.
    """

    def __init__(self, shape: tuple[int, ...], levels: list[int], layers: Layers, activation: str, *, units: int = 0):
        super().__init__(name="decoder")
        *hidden, top = levels
        side = shape[0] // 2 ** (len(hidden) + 1)
        self.dense = layers.dense("dense", side * side * top, use_bias=False)
        self.reshape = keras.layers.Reshape((side, side, top))
        self.hidden = [layers.doubling_convolution(f"deconvolution_{level}", channels, use_bias=False)
                       for level, channels in enumerate(reversed(hidden))]
        # The first normalises each unit of Dense (its offsets place the strokes), the others normalise each channel.
        self.norms = [layers.norm(f"norm_{level}") for level in range(len(hidden) + 1)]
        self.to_canvas = layers.doubling_convolution("to_canvas", shape[-1], activation=activation, dtype="float32")
        # Made last, so that a seed gives the other layers the same weights as without this layer.
        self.first = layers.dense("first", units, use_bias=False) if units else None
        self.first_norm = layers.norm("first_norm") if units else None

    def call(self, noise_and_state, run: Pass = INFERENCE):
        features = noise_and_state
        if self.first is not None:
            features = tf.nn.relu(self.first_norm(self.first(features), run=run))
        features = self.reshape(tf.nn.relu(self.norms[0](self.dense(features), run=run)))
        for convolution, norm in zip(self.hidden, self.norms[1:], strict=True):
            features = tf.nn.relu(norm(convolution(features), run=run))
        return self.to_canvas(features)


class ConvolutionalEncoder(Composite, keras.layers.Layer):
    """g: convolutions of stride 2 with batch normalisation and ReLU, then Dense.

    Calls take a canvas [B, H, W, C] and return h_t, float32 [B, units].
    """

    def __init__(self, levels: list[int], layers: Layers, *, units: int, activation: str = "linear"):
        super().__init__(name="encoder")
        self.convolutions = [layers.halving_convolution(f"convolution_{level}", channels, use_bias=False)
                             for level, channels in enumerate(levels)]
        self.norms = [layers.norm(f"norm_{level}") for level in range(len(levels))]
        self.flatten = keras.layers.Flatten()
        self.to_state = layers.dense("to_state", units, activation=activation, dtype="float32")

    def call(self, canvas, run: Pass = INFERENCE):
        features = canvas
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            features = tf.nn.relu(norm(convolution(features), run=run))
        return self.to_state(self.flatten(features))


class ConvolutionalCritic(FeatureCritic):
    """D: convolutions of stride 2 with LeakyReLU(0.2), then Dense(1).

    Calls take images [B, H, W, C] and return scores, float32 [B]. Batch normalisation, when asked for, follows all
    layers but the first convolution and the last Dense. Dropout follows the LeakyReLU of every convolution.

    units: of a Dense with LeakyReLU between the convolutions and Dense(1), none if 0.
    slope: of the LeakyReLU.
    """

    def __init__(self, levels: list[int], settings: ConvolutionSettings, layers: Layers, seed: int, *,
                 units: int = 0, slope: float = 0.2):
        super().__init__(name="critic")
        normalized = settings.critic_normalization == "batch"
        self.convolutions = [layers.halving_convolution(f"convolution_{level}", channels)
                             for level, channels in enumerate(levels)]
        self.norms = [layers.norm(f"norm_{level}") if normalized and level else None for level in range(len(levels))]
        self.dropouts = [SeededDropout(settings.critic_dropout, seed, level, name=f"dropout_{level}")
                         if settings.critic_dropout else None for level in range(len(levels))]
        self.flatten = keras.layers.Flatten()
        self.to_score = layers.dense("to_score", 1, dtype="float32")
        self.last = layers.dense("last", units) if units else None
        self.last_norm = layers.norm("last_norm") if units and normalized else None
        self.slope = slope

    def features(self, images, run: Pass = INFERENCE):
        features = images
        for convolution, norm, dropout in zip(self.convolutions, self.norms, self.dropouts, strict=True):
            features = convolution(features, training=run.tracking)
            if norm is not None:
                features = norm(features, run=run)
            features = leaky_relu(features, self.slope)
            if dropout is not None:
                features = dropout(features, run=run)
        features = self.flatten(features)
        if self.last is None:
            return features
        features = self.last(features, training=run.tracking)
        if self.last_norm is not None:
            features = self.last_norm(features, run=run)
        return leaky_relu(features, self.slope)


def critic_of(channels: list[int], settings: ConvolutionSettings, shape: tuple[int, ...], seed: int,
              **others) -> ConvolutionalCritic:
    """A built critic of images of `shape` [H, W, C] with a strided convolution for each of `channels`.

    `others` are the units of its last Dense and its slope.
    """
    layers = critic_layers(settings, seed, kernel_size=settings.kernel_size)
    return check_built(ConvolutionalCritic(channels, settings, layers, seed, **others), shape)


def critic_layers(settings: NormalizedCritic, seed: int, kernel_size: int, network: str = CRITIC) -> Layers:
    """Layers of a critic that may be normalised by the batch; `network` is its name for seeds."""
    return Layers(WeightInitializers(settings.critic_initializer, seed, network), kernel_size=kernel_size,
                  spectral_normalization=settings.spectral_normalization,
                  batch_norm_steps=int(settings.critic_normalization == "batch"), synchronized=settings.sync_batch_norm)
