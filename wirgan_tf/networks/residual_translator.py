"""The residual generator of images from images (Johnson et al. 2016, arXiv 1603.08155) of CycleGAN and StarGAN.

CycleGAN (Zhu et al. 2017, arXiv 1703.10593, appendix 7.2): c7 w, c3-2 2w, 4w, residual blocks of two c3, u3-2 2w, w,
c7 to the image; each but the last with normalisation and ReLU, no ReLU after a block's sum. Borders are mirrored where
nothing is halved. StarGAN (Choi et al. 2018, arXiv 1711.09020, appendix 7.2) halves and doubles by 4x4 convolutions.
"""

import dataclasses
from collections.abc import Mapping

import keras
import tensorflow as tf

from wirgan_tf.networks.initialization import GENERATOR
from wirgan_tf.networks.layers import Composite, Layers
from wirgan_tf.networks.padding import MODES
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.networks.translation import (
    PatchNetwork,
    TranslationNetwork,
    Translator,
    check_translated,
    doubling,
)
from wirgan_tf.parts import setting

_HALVINGS, _BORDER_KERNEL, _BLOCK_KERNEL = 2, 7, 3
_LARGE, _BLOCKS, _BLOCKS_OF_LARGE = 256, 6, 9


@dataclasses.dataclass(frozen=True)
class ResidualSettings(TranslationNetwork):
    """Settings of the residual generator."""

    blocks: int = setting(0, "residual blocks; 0: 6, and 9 for images from 256x256 on", at_least=0)
    padding: str = setting("reflect", "what convolutions that keep the size see beyond the border: the image mirrored, "
                           "or zeros", choices=tuple(MODES))
    strided_kernel: int = setting(3, "height and width of the kernels that halve and double maps", at_least=2)

    def build_translator(self, source_shape: tuple[int, ...], shape: tuple[int, ...], seed: int,
                         name: str = GENERATOR) -> "ResidualTranslator":
        check_translated(source_shape, shape)
        if any(side % 2**_HALVINGS for side in shape[:2]):
            raise ValueError(f"images of {shape[0]}x{shape[1]} cannot be halved twice; use sides divisible by 4")
        blocks = self.blocks or (_BLOCKS_OF_LARGE if min(shape[:2]) >= _LARGE else _BLOCKS)
        layers = self.generator_layers(seed, name, self.strided_kernel)
        translator = ResidualTranslator(blocks, shape[-1], self, layers, name)
        translator(tf.zeros([1, *source_shape]))
        return translator


@dataclasses.dataclass(frozen=True)
class ResnetTranslator(ResidualSettings, PatchNetwork):
    """The residual generator, and the critic of patches (Zhu et al. 2017)."""


class ResidualBlock(Composite, keras.layers.Layer):
    """x + norm(c3(relu(norm(c3(x))))), [B, H, W, C] -> the same."""

    def __init__(self, layers: Layers, channels: int, border: str, name: str):
        super().__init__(name=name)
        self.convolutions = [layers.padded_convolution(f"convolution_{number}", channels, _BLOCK_KERNEL, border=border)
                             for number in range(2)]
        self.norms = [layers.norm(f"norm_{number}") for number in range(2)]

    def call(self, maps, run: Pass = INFERENCE):
        inner = tf.nn.relu(self.norms[0](self.convolutions[0](maps), run=run))
        return maps + self.norms[1](self.convolutions[1](inner), run=run)


class ResidualTranslator(Translator):
    """Halves an image twice, applies residual blocks and doubles it twice."""

    size_multiple = 2**_HALVINGS

    def __init__(self, blocks: int, channels: int, settings: ResidualSettings, layers: Layers, name: str):
        super().__init__(name=name)
        self.noise = {}
        self.independent_samples = settings.normalization != "batch"
        width, border = settings.width, settings.padding
        self.first = layers.padded_convolution("first", width, _BORDER_KERNEL, border=border)
        self.first_norm = layers.norm("first_norm")
        inwards = range(1, _HALVINGS + 1)
        self.down = [layers.halving_convolution(f"down_{level}", width * 2**level) for level in inwards]
        self.down_norms = [layers.norm(f"down_norm_{level}") for level in inwards]
        self.blocks = [ResidualBlock(layers, width * 2**_HALVINGS, border, f"block_{number}")
                       for number in range(blocks)]
        outwards = list(reversed(range(_HALVINGS)))
        self.up = [doubling(settings.upsampling, layers, f"up_{level}", width * 2**level) for level in outwards]
        self.up_norms = [layers.norm(f"up_norm_{level}") for level in outwards]
        self.to_image = layers.padded_convolution("to_image", channels, _BORDER_KERNEL, border=border,
                                                  activation="tanh", dtype="float32")

    def translate(self, images: tf.Tensor, noise: Mapping[str, tf.Tensor], run: Pass = INFERENCE) -> tf.Tensor:
        del noise
        maps = tf.nn.relu(self.first_norm(self.first(images), run=run))
        for convolution, norm in zip(self.down, self.down_norms, strict=True):
            maps = tf.nn.relu(norm(convolution(maps), run=run))
        for block in self.blocks:
            maps = block(maps, run=run)
        for convolution, norm in zip(self.up, self.up_norms, strict=True):
            maps = tf.nn.relu(norm(convolution(maps), run=run))
        return self.to_image(maps)
