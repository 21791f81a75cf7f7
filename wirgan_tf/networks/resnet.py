"""The residual networks of WGAN-GP (Gulrajani et al. 2017, appendix), and an encoder of the same blocks for T > 1.

Residual blocks of two 3x3 convolutions with ReLU before them; nearest neighbours double maps in the generator, means of
2x2 pixels halve them in the critic. The generator has batch normalisation, its statistics kept for each time step; the
critic has it only when asked for. A residual backbone for f and g is future work of the GP-WIRGAN paper (section 5).

32x32 (and 28x28, from 7x7) is the source's network for CIFAR-10, `width` channels throughout; 64x64 is its network for
64x64, with `width` to 8 `width` channels, except that its critic there has layer normalisation: here no critic is
normalised unless asked for.
"""

import dataclasses
from collections.abc import Callable

import keras
import tensorflow as tf

from wirgan_tf.networks import recurrent
from wirgan_tf.networks.activations import relu
from wirgan_tf.networks.conditioning import Conditioning
from wirgan_tf.networks.convolutional import critic_layers, generator_layers
from wirgan_tf.networks.critic import FeatureCritic
from wirgan_tf.networks.initialization import GENERATOR, WeightInitializers
from wirgan_tf.networks.layers import Composite, Layers
from wirgan_tf.networks.limits import check_side
from wirgan_tf.networks.network import ConditionalNetwork, NormalizedCritic, Recurrent, check_built
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.parts import setting

_SMALLEST_MAP = {28: 7, 32: 4, 64: 4}
# Channels of the generator's first map and after each of its blocks, which double height and width; times `width`.
_GENERATOR = {28: (1, 1, 1), 32: (1, 1, 1, 1), 64: (8, 8, 4, 2, 1)}
_OTHERWISE = "use network=convolutional for other sizes, network=mlp for points"


@dataclasses.dataclass(frozen=True)
class Resnet(Recurrent, NormalizedCritic, ConditionalNetwork):
    """Residual blocks in generator and critic."""

    kernel_size: int = setting(3, "height and width of the convolutions' kernels", at_least=1)

    def build_generator(self, shape: tuple[int, ...], seed: int,
                        conditioning: Conditioning | None = None) -> recurrent.RecurrentGenerator:
        """The built recurrent generator of images of `shape` [H, W, C]. Raises `ValueError` for other sizes."""
        check_side(shape, _SMALLEST_MAP, _OTHERWISE)
        initializers = WeightInitializers(self.initializer, seed, GENERATOR)
        layers = generator_layers(self, initializers, self.time_steps, conditioning=conditioning)
        decoder = ResidualDecoder(shape, self, layers)
        encoder = None
        if self.time_steps > 1:
            layers = generator_layers(self, initializers, self.time_steps - 1, first_step=1)
            encoder = ResidualEncoder(shape, self, layers)
        return recurrent.assemble(self, decoder, encoder, initializers, conditioning=conditioning)

    def build_critic(self, shape: tuple[int, ...], seed: int) -> "ResidualCritic":
        """The built critic of images of `shape` [H, W, C]. Raises `ValueError` for other sizes."""
        check_side(shape, _SMALLEST_MAP, _OTHERWISE)
        return check_built(ResidualCritic(shape, self.width, critic_layers(self, seed, self.kernel_size)), shape)


class ResidualBlock(Composite, keras.layers.Layer):
    """x + F(x), [B, H, W, inputs] -> [B, H', W', outputs], where F is (norm, ReLU, convolution) twice.

    The shortcut is x itself where sizes and channels stay, or else a 1x1 convolution of it.

    Args:
      inputs, outputs: channels.
      resample: "up" doubles height and width before the first convolution, "down" halves them after the second.
      first: x is an image, which no ReLU may clip: F starts with its first convolution.
      relu: how ReLU is computed.
    """

    def __init__(self, name: str, inputs: int, outputs: int, layers: Layers, resample: str = "", first: bool = False,
                 relu: Callable[[tf.Tensor], tf.Tensor] = tf.nn.relu):
        super().__init__(name=name)
        self.relu = relu
        self.norms = [None if first else layers.norm("norm_0"), layers.norm("norm_1")]
        hidden = inputs if resample == "down" and not first else outputs
        self.convolutions = [layers.convolution(f"convolution_{number}", channels)
                             for number, channels in enumerate((hidden, outputs))]
        self.shortcut = None
        if resample or inputs != outputs:
            self.shortcut = layers.convolution("shortcut", outputs, kernel_size=1)
        self.double = keras.layers.UpSampling2D(2) if resample == "up" else None
        self.halve = keras.layers.AveragePooling2D(2) if resample == "down" else None

    def call(self, inputs, run: Pass = INFERENCE):
        features = inputs
        if self.norms[0] is not None:
            features = self.relu(self.norms[0](features, run=run))
        if self.double is not None:
            features = self.double(features)
        features = self.convolutions[0](features, training=run.tracking)
        features = self.relu(self.norms[1](features, run=run))
        features = self.convolutions[1](features, training=run.tracking)
        if self.halve is not None:
            features = self.halve(features)
        return self._short(inputs, run) + features

    def _short(self, inputs, run: Pass):
        """A 1x1 convolution commutes with doubling and with means: it is applied where the map is smaller."""
        if self.halve is not None:
            inputs = self.halve(inputs)
        if self.shortcut is not None:
            inputs = self.shortcut(inputs, training=run.tracking)
        return inputs if self.double is None else self.double(inputs)


class ResidualDecoder(Composite, keras.layers.Layer):
    """f: [z_t ; h_t], [B, 2 * latent] -> canvas, float32 [B, H, W, C]."""

    def __init__(self, shape: tuple[int, ...], settings: Resnet, layers: Layers):
        super().__init__(name="decoder")
        side, widths = _SMALLEST_MAP[shape[0]], [factor * settings.width for factor in _GENERATOR[shape[0]]]
        self.dense = layers.dense("dense", side * side * widths[0])
        self.reshape = keras.layers.Reshape((side, side, widths[0]))
        self.blocks = [ResidualBlock(f"block_{level}", widths[level], widths[level + 1], layers, "up")
                       for level in range(len(widths) - 1)]
        self.norm = layers.norm("norm")
        self.to_canvas = layers.convolution("to_canvas", shape[-1], activation=recurrent.canvas_activation(settings),
                                           dtype="float32")

    def call(self, noise_and_state, run: Pass = INFERENCE):
        features = self.reshape(self.dense(noise_and_state))
        for block in self.blocks:
            features = block(features, run=run)
        return self.to_canvas(tf.nn.relu(self.norm(features, run=run)))


class ResidualFeatures(Composite, keras.layers.Layer):
    """Features of images [B, H, W, C] in critic and encoder: maps [B, h, w, c], 8x8, for 28x28 7x7, for 64x64 4x4."""

    def __init__(self, shape: tuple[int, ...], width: int, layers: Layers):
        super().__init__(name="features")
        self.first = None
        if shape[0] == 64:
            self.first = layers.convolution("first", width)
            widths = [width, 2 * width, 4 * width, 8 * width, 8 * width]
            self.blocks = [ResidualBlock(f"block_{level}", widths[level], widths[level + 1], layers, "down", relu=relu)
                           for level in range(4)]
        else:
            self.blocks = [ResidualBlock("block_0", shape[-1], width, layers, "down", first=True, relu=relu),
                           ResidualBlock("block_1", width, width, layers, "down", relu=relu),
                           ResidualBlock("block_2", width, width, layers, relu=relu),
                           ResidualBlock("block_3", width, width, layers, relu=relu)]

    def call(self, images, run: Pass = INFERENCE):
        features = images
        if self.first is not None:
            features = self.first(features, training=run.tracking)
        for block in self.blocks:
            features = block(features, run=run)
        return features


class ResidualEncoder(Composite, keras.layers.Layer):
    """g: canvas [B, H, W, C] -> h_t, float32 [B, latent]. The critic's blocks, normalised; then Dense of the map."""

    def __init__(self, shape: tuple[int, ...], settings: Resnet, layers: Layers):
        super().__init__(name="encoder")
        self.features = ResidualFeatures(shape, settings.width, layers)
        self.norm = layers.norm("norm")
        self.flatten = keras.layers.Flatten()
        self.to_state = layers.dense("to_state", settings.latent, activation=settings.state_activation,
                                     dtype="float32")

    def call(self, canvas, run: Pass = INFERENCE):
        features = tf.nn.relu(self.norm(self.features(canvas, run=run), run=run))
        return self.to_state(self.flatten(features))


class ResidualCritic(FeatureCritic):
    """D: images [B, H, W, C] -> scores, float32 [B]; higher means more real.

    The score is linear in the ReLU map's mean over pixels; under spectral normalisation in its sum, as in the source
    (Miyato et al. 2018); at 64x64 in the last map itself.
    """

    def __init__(self, shape: tuple[int, ...], width: int, layers: Layers):
        super().__init__(name="critic")
        self.trunk = ResidualFeatures(shape, width, layers)
        self.pooled = shape[0] != 64
        self.over_pixels = tf.reduce_sum if layers.spectral_normalization else tf.reduce_mean
        self.flatten = keras.layers.Flatten()
        self.to_score = layers.dense("to_score", 1, dtype="float32")

    def features(self, images, run: Pass = INFERENCE):
        features = self.trunk(images, run=run)
        return self.over_pixels(relu(features), axis=[1, 2]) if self.pooled else self.flatten(features)
