"""The U-Net of Pix2Pix (Isola et al. 2017, arXiv 1611.07004, appendix 6.1.1, and its authors' code)."""

import dataclasses
from collections.abc import Mapping

import tensorflow as tf

from wirgan_tf.networks.initialization import GENERATOR
from wirgan_tf.networks.layers import Layers
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.networks.translation import PatchNetwork, Translator, check_translated, doubling
from wirgan_tf.noise import ALGORITHM, Noise
from wirgan_tf.parts import setting

DROPOUT = "dropout"
_KERNEL_SIZE, _SLOPE, _MOST_WIDENING = 4, 0.2, 8
_MOST_LEVELS, _FEWEST_LEVELS = 8, 2
_DROPPED = 3  # of the decoder's maps, from the innermost outwards


@dataclasses.dataclass(frozen=True)
class UNet(PatchNetwork):
    """An encoder and a decoder whose maps of equal size are joined, and the patch critic."""

    dropout: float = setting(0.5, "share of the features dropped in the first three maps of the decoder: the only "
                             "noise", at_least=0, below=1)

    def build_translator(self, source_shape: tuple[int, ...], shape: tuple[int, ...], seed: int,
                         name: str = GENERATOR) -> "UNetTranslator":
        check_translated(source_shape, shape)
        layers = self.generator_layers(seed, name, _KERNEL_SIZE)
        translator = UNetTranslator(unet_levels(shape), shape, self, layers, name)
        translator(tf.zeros([1, *source_shape]))
        return translator


def unet_levels(shape: tuple[int, ...]) -> int:
    """How often images of `shape` [H, W, C] are halved: down to 1x1 when the side is a power of two, at most 256.

    >>> unet_levels((256, 256, 3)), unet_levels((32, 32, 1)), unet_levels((512, 512, 3)), unet_levels((28, 28, 1))
    (8, 5, 8, 2)

    Raises: `ValueError` for images that cannot be halved twice.
    """
    levels = 0
    while levels < _MOST_LEVELS and all(side % 2 ** (levels + 1) == 0 for side in shape[:2]):
        levels += 1
    if levels < _FEWEST_LEVELS:
        raise ValueError(f"images of {shape[0]}x{shape[1]} cannot be halved twice; use sides divisible by 4, best "
                         "by a high power of 2")
    return levels


class UNetTranslator(Translator):
    """c4-2 convolutions down, u4-2 up: each map of the decoder is joined with the encoder's of the same size.

    Before the next convolution the encoder's maps pass through LeakyReLU(0.2), the decoder's, joined ones too, through
    ReLU. All but the first map and an innermost one of a single pixel are normalised: instance normalisation would make
    the latter a constant.

    noise: `dropout`, from which the masks of the first three maps of the decoder are drawn; none without dropout.
    """

    def __init__(self, levels: int, shape: tuple[int, ...], settings: UNet, layers: Layers, name: str):
        super().__init__(name=name)
        self.size_multiple = 2**levels
        self.single_pixel = shape[0] == shape[1] == self.size_multiple
        self.share = settings.dropout
        self.noise = {DROPOUT: Noise((2,), "mask_seed")} if self.share else {}
        self.independent_samples = settings.normalization != "batch"
        channels = [settings.width * min(2**level, _MOST_WIDENING) for level in range(levels)]
        self.down = [layers.halving_convolution(f"down_{level}", channels[level]) for level in range(levels)]
        self.down_norms = [None if level == 0 or (self.single_pixel and level == levels - 1)
                           else layers.norm(f"down_norm_{level}") for level in range(levels)]
        inwards = list(reversed(range(levels - 1)))
        self.up = [doubling(settings.upsampling, layers, f"up_{level}", channels[level]) for level in inwards]
        self.up_norms = [layers.norm(f"up_norm_{level}") for level in inwards]
        self.to_image = doubling(settings.upsampling, layers, "to_image", shape[-1], activation="tanh",
                                 dtype="float32")

    @property
    def smallest_side(self) -> int:
        return self.size_multiple if self.single_pixel else super().smallest_side

    def translate(self, images: tf.Tensor, noise: Mapping[str, tf.Tensor], run: Pass = INFERENCE) -> tf.Tensor:
        maps, skipped = self.down[0](images), []
        for convolution, norm in zip(self.down[1:], self.down_norms[1:], strict=True):
            skipped.append(maps)
            maps = convolution(tf.nn.leaky_relu(maps, _SLOPE))
            maps = maps if norm is None else norm(maps, run=run)
        for number, (convolution, norm) in enumerate(zip(self.up, self.up_norms, strict=True)):
            maps = norm(convolution(tf.nn.relu(maps)), run=run)
            if DROPOUT in noise and number < _DROPPED:
                maps = dropped(maps, noise[DROPOUT], self.share, number)
            maps = tf.concat([maps, skipped.pop()], axis=-1)
        return self.to_image(tf.nn.relu(maps))


def dropped(features: tf.Tensor, seeds: tf.Tensor, share: float, number: int) -> tf.Tensor:
    """`features` [B, H, W, C], of which a share is 0 and the others are divided by 1 - share.

    Each image's mask is a function of its own row of `seeds`, float32 [B, 2], and of `number`.
    """
    shape = tf.shape(features)[1:]

    def uniform(seed: tf.Tensor) -> tf.Tensor:
        return tf.random.stateless_uniform(shape, tf.random.fold_in(seed, number, alg=ALGORITHM), alg=ALGORITHM)

    kept = tf.map_fn(uniform, tf.bitcast(seeds, tf.int32), fn_output_signature=tf.float32) >= share
    return tf.where(tf.ensure_shape(kept, features.shape), features / (1.0 - share), tf.zeros_like(features))
