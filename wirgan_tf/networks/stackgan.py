"""The networks of StackGAN's first stage, and both stages' critics (Zhang et al. 2017, sections 3, 4; their code).

Generators double maps by nearest neighbours before 3x3 convolutions, critics halve them by 4x4 convolutions. Channels
are the source's at `width` 64 for images of 64x64 and 256x256; other sizes have as many levels as lead to 4x4 maps.
"""

import dataclasses

import keras
import tensorflow as tf

from wirgan_tf.networks import recurrent
from wirgan_tf.networks.activations import leaky_relu
from wirgan_tf.networks.conditioning import Conditioning, as_vectors
from wirgan_tf.networks.convolutional import critic_layers
from wirgan_tf.networks.critic import ConditionalCritic, FeatureCritic
from wirgan_tf.networks.initialization import CRITIC, GENERATOR, WeightInitializers
from wirgan_tf.networks.layers import Composite, Layers
from wirgan_tf.networks.limits import check_side
from wirgan_tf.networks.network import ConditionalNetwork, NormalizedCritic, check_built
from wirgan_tf.networks.passes import INFERENCE, Pass

SIDES = (8, 16, 32, 64, 128, 256)
_SMALLEST_MAP = 4
_SLOPE = 0.2  # of LeakyReLU
_TEXT_UNITS = 128
_MOST_WIDENING = 8  # of the map that a critic joins text to


@dataclasses.dataclass(frozen=True)
class StackGanNetwork(NormalizedCritic, ConditionalNetwork):
    """The generator of the first stage, and its critic."""

    def build_generator(self, shape: tuple[int, ...], seed: int,
                        conditioning: Conditioning | None = None) -> recurrent.RecurrentGenerator:
        """The built generator of images of `shape` [H, W, C]. Raises `ValueError` for other sizes."""
        initializers = WeightInitializers(self.initializer, seed, GENERATOR)
        classes = conditioning.size if conditioning is not None and conditioning.normalized else 0
        layers = Layers(initializers, kernel_size=3, batch_norm_steps=1, classes=classes,
                        synchronized=self.sync_batch_norm)
        widths = [self.width * 2**level for level in range(_levels(shape), 0, -1)]
        return recurrent.assemble_single_step(self, StageOneDecoder(shape, widths, layers), initializers, conditioning)

    def build_critic(self, shape: tuple[int, ...], seed: int) -> "StageCritic":
        """The built critic of images of `shape` [H, W, C]. Raises `ValueError` for other sizes."""
        return build_stage_critic(self, shape, seed)


def build_stage_critic(settings: NormalizedCritic, shape: tuple[int, ...], seed: int, *, reduction: int = 1,
                       network: str = CRITIC) -> "StageCritic":
    """A built critic of images of `shape` [H, W, C] alone, with the width and the normalisation of `settings`.

    Args:
      reduction: the critic sees means over this many pixels per side.
      network: its name, for the seeds of its weights.
    """
    layers = critic_layers(settings, seed, kernel_size=4, network=network)
    return check_built(StageCritic(StageFeatures(shape, settings, layers, reduction), layers), shape)


def build_text_critic(settings: NormalizedCritic, shape: tuple[int, ...], seed: int, condition: str, size: int, *,
                      reduction: int = 1, network: str = CRITIC) -> "TextCritic":
    """As `build_stage_critic`, but a critic of images and of a vector of `size` numbers, the entry `condition`."""
    layers = critic_layers(settings, seed, kernel_size=4, network=network)
    critic = TextCritic(StageFeatures(shape, settings, layers, reduction), condition, size, layers)
    critic(tf.zeros([1, *shape]), conditions={condition: tf.zeros([1, size])})
    return critic


def reduced(images: tf.Tensor, factor: int) -> tf.Tensor:
    """Images [B, H, W, C], each pixel the mean of `factor` pixels per side."""
    return images if factor == 1 else tf.nn.avg_pool2d(images, factor, factor, "VALID")


def enlarged(images: tf.Tensor, factor: int) -> tf.Tensor:
    """Images [..., H, W, C], each pixel repeated `factor` times per side; `reduced` undoes this."""
    return images if factor == 1 else tf.repeat(tf.repeat(images, factor, axis=-3), factor, axis=-2)


def smoothly_enlarged(images: tf.Tensor, factor: int) -> tf.Tensor:
    """Images [..., H, W, C] in [-1, 1], enlarged `factor` times per side by bicubic interpolation (Keys 1981)."""
    height, width, channels = images.shape[-3:]
    large = [factor * height, factor * width]
    found = tf.image.resize(tf.reshape(images, [-1, height, width, channels]), large, "bicubic")
    return tf.reshape(tf.clip_by_value(found, -1.0, 1.0), [*tf.unstack(tf.shape(images)[:-3]), *large, channels])


def _levels(shape: tuple[int, ...]) -> int:
    """How many times images of `shape` [H, W, C] are halved to maps of 4x4. Raises `ValueError` for other sizes."""
    side = check_side(shape, SIDES, "resize the images to one of them")
    return (side // _SMALLEST_MAP).bit_length() - 1


def small_shape(shape: tuple[int, ...], factor: int) -> tuple[int, ...]:
    """The shape of images of `shape` [H, W, C] when they are `reduced` by `factor`.

    Raises: `ValueError` for shapes that a stage cannot draw, in full or reduced.
    """
    sides = [side for side in SIDES if side // factor in SIDES]
    check_side(shape, sides, "resize the images to one of them, as by image_size" + (
        f", or choose another enlargement: the first stage draws them {factor} times smaller" if factor > 1 else ""))
    return (shape[0] // factor, shape[1] // factor, shape[2])


class Bottleneck(Composite, keras.layers.Layer):
    """activation(x + F(x)), F convolutions of 1x1, 3x3 and 3x3 through a quarter of the channels."""

    def __init__(self, name: str, channels: int, layers: Layers, slope: float = 0.0):
        super().__init__(name=name)
        narrow = max(channels // 4, 1)
        self.slope = slope
        self.convolutions = [layers.convolution(f"convolution_{number}", outputs, size, use_bias=False)
                             for number, (outputs, size) in enumerate(((narrow, 1), (narrow, 3), (channels, 3)))]
        self.norms = [layers.norm(f"norm_{number}") for number in range(3)]

    def call(self, inputs, run: Pass = INFERENCE):
        features = inputs
        for convolution, norm in zip(self.convolutions[:-1], self.norms[:-1], strict=True):
            features = norm(convolution(features, training=run.tracking), run=run)
            features = leaky_relu(features, self.slope)
        features = self.norms[-1](self.convolutions[-1](features, training=run.tracking), run=run)
        return leaky_relu(inputs + features, self.slope)


class Doubling(Composite, keras.layers.Layer):
    """Maps doubled by nearest neighbours, then a convolution of 3x3 and batch normalisation, without activation."""

    def __init__(self, name: str, channels: int, layers: Layers):
        super().__init__(name=name)
        self.double = keras.layers.UpSampling2D(2)
        self.convolution = layers.convolution("convolution", channels, 3, use_bias=False)
        self.norm = layers.norm("norm")

    def call(self, inputs, run: Pass = INFERENCE):
        return self.norm(self.convolution(self.double(inputs)), run=run)


class StageOneDecoder(Composite, keras.layers.Layer):
    """f: [z ; h ; c], [B, k] -> images, float32 [B, H, W, C]. `widths` are channels from the 4x4 map outwards."""

    def __init__(self, shape: tuple[int, ...], widths: list[int], layers: Layers):
        super().__init__(name="decoder")
        self.dense = layers.dense("dense", _SMALLEST_MAP**2 * widths[0], use_bias=False)
        self.norm = layers.norm("norm")
        self.reshape = keras.layers.Reshape((_SMALLEST_MAP, _SMALLEST_MAP, widths[0]))
        self.doublings = [Doubling(f"doubling_{level}", channels, layers) for level, channels in enumerate(widths[1:])]
        # A residual on each of the first two maps.
        self.residuals = [Bottleneck(f"residual_{level}", channels, layers) for level, channels in
                          enumerate(widths[:2])]
        self.last_doubling = keras.layers.UpSampling2D(2)
        self.to_canvas = layers.convolution("to_canvas", shape[-1], 3, activation="tanh", dtype="float32")

    def call(self, noise_and_state, run: Pass = INFERENCE):
        first, *others = self.residuals
        features = first(self.reshape(self.norm(self.dense(noise_and_state), run=run)), run=run)
        for doubling in self.doublings:
            features = doubling(features, run=run)
            features = others.pop()(features, run=run) if others else tf.nn.relu(features)
        return self.to_canvas(self.last_doubling(features))


class StageFeatures(Composite, keras.layers.Layer):
    """A critic's features of images [B, H, W, C]: maps [B, 4, 4, k].

    4x4 convolutions of stride 2 with `width`, 2 `width`, ... channels; where their number ends above 8 `width`, 1x1
    convolutions halve it again; then a residual. `settings` give the width, and whether maps are normalised. With a
    `reduction`, images are reduced first.
    """

    def __init__(self, shape: tuple[int, ...], settings: NormalizedCritic, layers: Layers, reduction: int = 1):
        super().__init__(name="features")
        self.reduction = reduction
        widths = [settings.width * 2**level for level in range(_levels(small_shape(shape, reduction)))]
        self.halvings = [layers.halving_convolution(f"halving_{level}", channels)
                         for level, channels in enumerate(widths)]
        narrower = []
        while widths[-1] > _MOST_WIDENING * settings.width:
            widths.append(widths[-1] // 2)
            narrower.append(layers.convolution(f"narrowing_{len(narrower)}", widths[-1], 1))
        self.convolutions = [*self.halvings, *narrower]
        self.norms = [None, *(layers.norm(f"norm_{level}") for level in range(1, len(widths)))]
        self.residual = Bottleneck("residual", widths[-1], layers, _SLOPE)
        self.channels = widths[-1]

    def call(self, images, run: Pass = INFERENCE):
        features = reduced(images, self.reduction)
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            features = convolution(features, training=run.tracking)
            if norm is not None:
                features = norm(features, run=run)
            if convolution is not self.convolutions[-1]:  # the residual comes before the last one's activation
                features = leaky_relu(features, _SLOPE)
        return self.residual(features, run=run)


class StageCritic(FeatureCritic):
    """D: images [B, H, W, C] -> scores, float32 [B], linear in the last map."""

    def __init__(self, maps: StageFeatures, layers: Layers):
        super().__init__(name="critic")
        self.maps = maps
        self.flatten = keras.layers.Flatten()
        self.to_score = layers.dense("to_score", 1, dtype="float32")

    def features(self, images, run: Pass = INFERENCE):
        return self.flatten(self.maps(images, run=run))


class TextCritic(ConditionalCritic):
    """D(x, t): images [B, H, W, C] and their condition -> scores, float32 [B].

    An embedding of t is joined to each pixel of the image's last map, and a 1x1 convolution sees both.

    Args:
      maps: of the images.
      condition: the name of t among the conditions.
      size: numbers in t, or classes of a label.
      layers: makes the critic's own layers.
    """

    def __init__(self, maps: StageFeatures, condition: str, size: int, layers: Layers):
        super().__init__(name="critic")
        self.maps = maps
        self.condition = condition
        self.size = size
        self.embedding = layers.dense("embedding", _TEXT_UNITS)
        self.joined = layers.convolution("joined", maps.channels, 1)
        self.norm = layers.norm("joined_norm")
        self.flatten = keras.layers.Flatten()
        self.to_score = layers.dense("to_score", 1, dtype="float32")

    def call(self, images, conditions, run: Pass = INFERENCE):
        text = self.embedding(as_vectors(conditions[self.condition], self.size), training=run.tracking)
        text = leaky_relu(text, _SLOPE)[:, tf.newaxis, tf.newaxis]
        maps = self.maps(images, run=run)
        both = tf.concat([maps, tf.tile(tf.cast(text, maps.dtype), [1, *maps.shape[1:3], 1])], axis=-1)
        both = leaky_relu(self.norm(self.joined(both, training=run.tracking), run=run), _SLOPE)
        return tf.squeeze(self.to_score(self.flatten(both), training=run.tracking), axis=-1)
