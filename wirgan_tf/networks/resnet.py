"""The residual networks of WGAN-GP (Gulrajani et al. 2017, appendix), and an encoder of the same blocks for T > 1.

Residual blocks of two 3x3 convolutions with ReLU before them; nearest neighbours double in the generator, means of
2x2 pixels halve in the critic. Batch normalisation in the generator, its statistics kept for each time step, and in
the critic only when asked for. A residual backbone for f and g is the GP-WIRGAN paper's own future work (section 5).

32x32 (and 28x28, from 7x7) is the source's network for CIFAR-10, `width` channels throughout; 64x64 is its network for
64x64, with `width` to 8 `width` channels, but for the layer normalisation that its critic has there: here no critic is
normalised unless asked for.
"""

import keras
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.networks import recurrent
from wirgan_tf.networks.composite import Composite
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.limits import check_side, refuse_all_but
from wirgan_tf.networks.parts import Parts

_SMALLEST_MAP = {28: 7, 32: 4, 64: 4}
# Channels of the generator's first map and after each of its blocks, which double height and width; times `width`.
_GENERATOR = {28: (1, 1, 1), 32: (1, 1, 1, 1), 64: (8, 8, 4, 2, 1)}
_OTHERWISE = "use --network=convolutional for other sizes, --network=mlp for points"


class ResidualBlock(Composite, keras.layers.Layer):
    """x + F(x), [B, H, W, inputs] -> [B, H', W', outputs], where F is (norm, ReLU, convolution) twice.

    The shortcut is x itself where sizes and channels stay, or else a 1x1 convolution of it.

    Args:
      inputs, outputs: channels.
      resample: "up" doubles height and width before the first convolution, "down" halves them after the second.
      first: x is an image, which no ReLU may cut: F starts with its first convolution.
    """

    def __init__(self, name: str, inputs: int, outputs: int, parts: Parts, resample: str = "", first: bool = False):
        super().__init__(name=name)
        self.norms = [None if first else parts.norm("norm_0"), parts.norm("norm_1")]
        hidden = inputs if resample == "down" and not first else outputs
        self.convolutions = [parts.convolution(f"convolution_{number}", channels)
                             for number, channels in enumerate((hidden, outputs))]
        self.shortcut = None
        if resample or inputs != outputs:
            self.shortcut = parts.convolution("shortcut", outputs, kernel_size=1)
        self.double = keras.layers.UpSampling2D(2) if resample == "up" else None
        self.halve = keras.layers.AveragePooling2D(2) if resample == "down" else None

    def call(self, inputs, step: int = 0, training: bool = False, update_statistics: bool = True):
        statistics = {"step": step, "training": training, "update_statistics": update_statistics}
        tracking = training and update_statistics
        features = inputs
        if self.norms[0] is not None:
            features = tf.nn.relu(self.norms[0](features, **statistics))
        if self.double is not None:
            features = self.double(features)
        features = self.convolutions[0](features, training=tracking)
        features = tf.nn.relu(self.norms[1](features, **statistics))
        features = self.convolutions[1](features, training=tracking)
        if self.halve is not None:
            features = self.halve(features)
        return self._short(inputs, tracking) + features

    def _short(self, inputs, tracking: bool):
        """A 1x1 convolution commutes with doubling and with means: it is made where the map is smaller."""
        if self.halve is not None:
            inputs = self.halve(inputs)
        if self.shortcut is not None:
            inputs = self.shortcut(inputs, training=tracking)
        return inputs if self.double is None else self.double(inputs)


class ResidualDecoder(Composite, keras.layers.Layer):
    """f: [z_t ; h_t], [B, 2 * latent] -> canvas, float32 [B, H, W, C]."""

    def __init__(self, shape: tuple[int, ...], config: Config, parts: Parts):
        super().__init__(name="decoder")
        side, widths = _SMALLEST_MAP[shape[0]], [factor * config.width for factor in _GENERATOR[shape[0]]]
        self.dense = parts.dense("dense", side * side * widths[0])
        self.reshape = keras.layers.Reshape((side, side, widths[0]))
        self.blocks = [ResidualBlock(f"block_{level}", widths[level], widths[level + 1], parts, "up")
                       for level in range(len(widths) - 1)]
        self.norm = parts.norm("norm")
        self.to_canvas = parts.convolution("to_canvas", shape[-1], activation=recurrent.canvas_activation(config),
                                           dtype="float32")

    def call(self, noise_and_state, step: int, training: bool = False, update_statistics: bool = True):
        statistics = {"step": step, "training": training, "update_statistics": update_statistics}
        features = self.reshape(self.dense(noise_and_state))
        for block in self.blocks:
            features = block(features, **statistics)
        return self.to_canvas(tf.nn.relu(self.norm(features, **statistics)))


class ResidualFeatures(Composite, keras.layers.Layer):
    """What critic and encoder see in images [B, H, W, C]: maps [B, h, w, c], 8x8 (28x28: 7x7) or, of 64x64, 4x4."""

    def __init__(self, shape: tuple[int, ...], config: Config, parts: Parts):
        super().__init__(name="features")
        width = config.width
        self.first = None
        if shape[0] == 64:
            self.first = parts.convolution("first", width)
            widths = [width, 2 * width, 4 * width, 8 * width, 8 * width]
            self.blocks = [ResidualBlock(f"block_{level}", widths[level], widths[level + 1], parts, "down")
                           for level in range(4)]
        else:
            self.blocks = [ResidualBlock("block_0", shape[-1], width, parts, "down", first=True),
                           ResidualBlock("block_1", width, width, parts, "down"),
                           ResidualBlock("block_2", width, width, parts), ResidualBlock("block_3", width, width, parts)]

    def call(self, images, step: int = 0, training: bool = False, update_statistics: bool = True):
        features = images
        if self.first is not None:
            features = self.first(features, training=training and update_statistics)
        for block in self.blocks:
            features = block(features, step=step, training=training, update_statistics=update_statistics)
        return features


class ResidualEncoder(Composite, keras.layers.Layer):
    """g: canvas [B, H, W, C] -> h_t, float32 [B, latent]. The critic's blocks, normalised; then Dense of the map."""

    def __init__(self, shape: tuple[int, ...], config: Config, parts: Parts):
        super().__init__(name="encoder")
        self.features = ResidualFeatures(shape, config, parts)
        self.norm = parts.norm("norm")
        self.flatten = keras.layers.Flatten()
        self.to_state = parts.dense("to_state", config.latent, activation=config.encoder_activation, dtype="float32")

    def call(self, canvas, step: int, training: bool = False, update_statistics: bool = True):
        # There is no encoder at t = 1.
        statistics = {"step": step - 1, "training": training, "update_statistics": update_statistics}
        features = tf.nn.relu(self.norm(self.features(canvas, **statistics), **statistics))
        return self.to_state(self.flatten(features))


class ResidualCritic(Composite, keras.Model):
    """D: images [B, H, W, C] -> scores, float32 [B]; higher means more real.

    The score is linear in the ReLU map's mean over pixels; at 64x64 in the last map itself.
    """

    def __init__(self, shape: tuple[int, ...], config: Config, parts: Parts):
        super().__init__(name="critic")
        self.features = ResidualFeatures(shape, config, parts)
        self.averaged = shape[0] != 64
        self.flatten = keras.layers.Flatten()
        self.to_score = parts.dense("to_score", 1, dtype="float32")

    def call(self, images, training: bool = False, update_statistics: bool = True):
        features = self.features(images, training=training, update_statistics=update_statistics)
        if self.averaged:
            features = tf.reduce_mean(tf.nn.relu(features), axis=[1, 2])
        scores = self.to_score(self.flatten(features), training=training and update_statistics)
        return tf.squeeze(scores, axis=-1)


def build_generator(config: Config, shape: tuple[int, ...]) -> recurrent.RecurrentGenerator:
    """The recurrent generator of images of `shape` [H, W, C], built. Raises `ValueError` for other sizes."""
    check_side(shape, _SMALLEST_MAP, _OTHERWISE)
    initializers = WeightInitializers(config.initializer, config.seed, player=0)
    decoder = ResidualDecoder(shape, config, Parts(config, initializers, batch_norm_steps=config.time_steps))
    encoder = None
    if config.time_steps > 1:
        encoder = ResidualEncoder(shape, config, Parts(config, initializers, batch_norm_steps=config.time_steps - 1))
    return recurrent.assemble(config, decoder, encoder, tf.tanh, initializers)


def build_critic(config: Config, shape: tuple[int, ...]) -> ResidualCritic:
    """The critic of images of `shape` [H, W, C], built. Raises `ValueError` for other sizes and for dropout."""
    check_side(shape, _SMALLEST_MAP, _OTHERWISE)
    refuse_all_but(config, critic_dropout=0.0)
    initializers = WeightInitializers(config.critic_initializer, config.seed, player=1)
    parts = Parts(config, initializers, critic=True, batch_norm_steps=int(config.critic_normalization == "batch"))
    critic = ResidualCritic(shape, config, parts)
    critic(tf.zeros([1, *shape]))
    return critic
