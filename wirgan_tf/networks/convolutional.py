"""The convolutional networks of the GP-WIRGAN paper's Table 2, for any square image that can be halved twice.

Each level halves the image with a strided convolution and doubles the channels: `width`, 2 `width`, ... up to
8 `width`. 28x28 has levels 28 -> 14 -> 7; 32x32, 64x64 and 128x128 end at 4x4; 8x8 ends at 2x2.
"""

import keras
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.networks import inference, recurrent, spectral
from wirgan_tf.networks.composite import Composite
from wirgan_tf.networks.dropout import SeededDropout
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.normalization import StepBatchNormalization
from wirgan_tf.networks.strided import StridedConvolution, TransposedConvolution, transposed_convolution

_SLOPE = 0.2  # of the critic's LeakyReLU
_SMALLEST_MAP = 4
_FEWEST_LEVELS = 2
_MOST_WIDENING = 8


def channel_levels(shape: tuple[int, ...], width: int) -> list[int]:
    """Channels of each strided convolution for images of `shape` [H, W, C].

    >>> channel_levels((28, 28, 1), 128), channel_levels((32, 32, 3), 128)
    ([128, 256], [128, 256, 512])

    Raises: `ValueError` for anything but square images whose side divides by 4 and is at least 8.
    """
    if len(shape) != 3 or shape[0] != shape[1]:
        raise ValueError(f"the convolutional network draws square images [H, W, C], the data has shape "
                         f"{tuple(shape)}; use --network=mlp")
    side, levels = shape[0], 0
    while side % 2 == 0 and (side > _SMALLEST_MAP or levels < _FEWEST_LEVELS):
        side, levels = side // 2, levels + 1
    if levels < _FEWEST_LEVELS or side < 2:
        raise ValueError(f"images of {shape[0]}x{shape[1]} cannot be halved twice down to 2x2 or larger; "
                         "use a size that divides by 4, from 8 on")
    return [width * min(2**level, _MOST_WIDENING) for level in range(levels)]


class ConvolutionalDecoder(Composite, keras.layers.Layer):
    """f: Dense, then transposed convolutions of stride 2; batch normalisation and ReLU between them.

    Calls take [z_t ; h_t], [B, 2 * latent], and return a canvas, float32 [B, H, W, C]. `levels` are channels from
    the image inwards, as for the encoder.
    """

    def __init__(self, shape: tuple[int, ...], levels: list[int], config: Config, initializers: WeightInitializers):
        super().__init__(name="decoder")
        *hidden, top = levels
        side = shape[0] // 2 ** (len(hidden) + 1)
        self.dense = keras.layers.Dense(side * side * top, use_bias=False, kernel_initializer=initializers(),
                                        name="dense")
        self.reshape = keras.layers.Reshape((side, side, top))
        self.hidden = [
            TransposedConvolution(channels, config.kernel_size, use_bias=False, kernel_initializer=initializers(),
                                  name=f"deconvolution_{level}")
            for level, channels in enumerate(reversed(hidden))]
        # One normalisation for each unit of Dense (its offsets are what places the strokes), then for each channel.
        self.norms = [StepBatchNormalization(config.time_steps, synchronized=config.sync_batch_norm,
                                             name=f"norm_{level}") for level in range(len(hidden) + 1)]
        self.to_canvas = TransposedConvolution(
            shape[-1], config.kernel_size, activation=recurrent.canvas_activation(config),
            kernel_initializer=initializers(), dtype="float32", name="to_canvas")

    def call(self, noise_and_state, step: int, training: bool = False, update_statistics: bool = True):
        statistics = {"step": step, "training": training, "update_statistics": update_statistics}
        features = self.reshape(tf.nn.relu(self.norms[0](self.dense(noise_and_state), **statistics)))
        for convolution, norm in zip(self.hidden, self.norms[1:], strict=True):
            features = tf.nn.relu(norm(convolution(features), **statistics))
        return self.to_canvas(features)


class ConvolutionalEncoder(Composite, keras.layers.Layer):
    """g: convolutions of stride 2 with batch normalisation and ReLU, then Dense.

    Calls take a canvas [B, H, W, C] and return h_t, float32 [B, units]; `steps` are the time steps that normalisation
    keeps statistics of, from t = 2 on.
    """

    def __init__(self, levels: list[int], config: Config, initializers: WeightInitializers, *, units: int,
                 activation: str = "linear", steps: int = 1):
        super().__init__(name="encoder")
        self.convolutions = [
            StridedConvolution(channels, config.kernel_size, use_bias=False, kernel_initializer=initializers(),
                               name=f"convolution_{level}")
            for level, channels in enumerate(levels)]
        self.norms = [StepBatchNormalization(steps, synchronized=config.sync_batch_norm, name=f"norm_{level}")
                      for level in range(len(self.convolutions))]
        self.flatten = keras.layers.Flatten()
        self.to_state = keras.layers.Dense(units, activation, kernel_initializer=initializers(), dtype="float32",
                                           name="to_state")

    def call(self, canvas, step: int = 1, training: bool = False, update_statistics: bool = True):
        features = canvas
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            features = tf.nn.relu(norm(convolution(features), step=step - 1, training=training,
                                       update_statistics=update_statistics))
        return self.to_state(self.flatten(features))


class ConvolutionalCritic(Composite, keras.Model):
    """D: convolutions of stride 2 with LeakyReLU(0.2), then Dense(1).

    Calls take images [B, H, W, C] and return scores, float32 [B]; higher means more real. Batch normalisation, when
    asked for, follows all convolutions but the first; the generator's updates leave its moving statistics alone
    (`update_statistics=False`), or they would lean towards generated images. Dropout follows every LeakyReLU.

    piecewise_linear: whether it is linear in images between the kinks of LeakyReLU, so that `input_gradients` holds.
    """

    def __init__(self, levels: list[int], config: Config, initializers: WeightInitializers):
        super().__init__(name="critic")
        normalized = config.critic_normalization == "batch"
        self.piecewise_linear = not normalized and not config.critic_dropout and config.penalty != "spectral"
        self.convolutions = [
            spectral.normalized(StridedConvolution(channels, config.kernel_size, kernel_initializer=initializers(),
                                                   name=f"convolution_{level}"), config)
            for level, channels in enumerate(levels)]
        self.norms = [
            StepBatchNormalization(1, synchronized=config.sync_batch_norm, name=f"norm_{level}")
            if normalized and level else None for level in range(len(levels))]
        self.dropouts = [
            SeededDropout(config.critic_dropout, config.seed, level, name=f"dropout_{level}")
            if config.critic_dropout else None for level in range(len(levels))]
        self.flatten = keras.layers.Flatten()
        self.to_score = spectral.normalized(
            keras.layers.Dense(1, kernel_initializer=initializers(), dtype="float32", name="to_score"), config)

    def call(self, images, training: bool = False, update_statistics: bool = True):
        features, tracking = images, training and update_statistics
        for convolution, norm, dropout in zip(self.convolutions, self.norms, self.dropouts, strict=True):
            features = convolution(features, training=tracking)
            if norm is not None:
                features = norm(features, training=training, update_statistics=update_statistics)
            features = tf.nn.leaky_relu(features, _SLOPE)
            if dropout is not None:
                features = dropout(features, training=training)
        return tf.squeeze(self.to_score(self.flatten(features), training=tracking), axis=-1)

    def input_gradients(self, images) -> tf.Tensor:
        """grad_x D for each of the images, [B, H, W, C]; differentiable with respect to the critic's weights.

        D(x) = a^T S_L W_L ... S_1 W_1 x + ..., where the slopes S are 1 or 0.2 and constant around x, so the gradient
        is W_1^T S_1 ... W_L^T S_L a: a chain from the score to the image, whose own gradient needs no second derivative
        of the pass that found the slopes.
        """
        features, slopes = images, []
        for convolution in self.convolutions:
            features = convolution(features)
            slopes.append(tf.stop_gradient(tf.where(features > 0.0, tf.ones_like(features), _SLOPE)))
            features = features * slopes[-1]
        gradients = tf.reshape(tf.repeat(tf.transpose(self.to_score.kernel), tf.shape(images)[0], axis=0),
                               tf.shape(features))
        for convolution, slope in zip(reversed(self.convolutions), reversed(slopes), strict=True):
            gradients = transposed_convolution(gradients * tf.cast(slope, gradients.dtype), convolution.kernel)
        return gradients


def build_generator(config: Config, shape: tuple[int, ...]) -> recurrent.RecurrentGenerator:
    """The recurrent generator of images of `shape` [H, W, C], built."""
    initializers = WeightInitializers(config.initializer, config.seed, player=0)
    levels = channel_levels(shape, config.width)
    decoder = ConvolutionalDecoder(shape, levels, config, initializers)
    encoder = None
    if config.time_steps > 1:
        encoder = ConvolutionalEncoder(levels, config, initializers, units=config.latent,
                                       activation=config.encoder_activation, steps=config.time_steps - 1)
    return recurrent.assemble(config, decoder, encoder, tf.tanh, initializers)


def build_critic(config: Config, shape: tuple[int, ...]) -> ConvolutionalCritic:
    """The critic of images of `shape` [H, W, C], built."""
    return critic_of(channel_levels(shape, config.width), config, shape)


def critic_of(channels: list[int], config: Config, shape: tuple[int, ...]) -> ConvolutionalCritic:
    """A critic of images of `shape` [H, W, C] with a strided convolution for each of `channels`, built."""
    critic = ConvolutionalCritic(channels, config, WeightInitializers(config.critic_initializer, config.seed, player=1))
    critic(tf.zeros([1, *shape]))
    return critic


def build_encoder(config: Config, shape: tuple[int, ...]) -> inference.Encoder:
    """The inference network of images of `shape` [H, W, C], built."""
    initializers = WeightInitializers(config.initializer, config.seed, player=1)
    trunk = ConvolutionalEncoder(channel_levels(shape, config.width), config, initializers,
                                 units=inference.outputs(config))
    return inference.assemble(config, shape, trunk)
