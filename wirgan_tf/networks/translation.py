"""What an architecture of image translation is to the rest of the package."""

import abc
import dataclasses
from collections.abc import Mapping

import keras
import tensorflow as tf

from wirgan_tf.networks.initialization import CRITIC, GENERATOR, WeightInitializers
from wirgan_tf.networks.layers import Composite, Layers
from wirgan_tf.networks.network import BatchNormalized, CriticSettings
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.networks.patch_critic import PATCHES, PatchCritic, patch_critic
from wirgan_tf.noise import Noise
from wirgan_tf.parts import Assembly, setting

NORMALIZATIONS = ("instance", "batch", "none")


class Translator(Composite, keras.Model, abc.ABC):
    """G: images [B, H, W, C] -> images float32 [B, H, W, C'] in [-1, 1].

    It is built for images of one size, and takes others whose height and width are multiples of `size_multiple`, and at
    least `smallest_side`.

    noise: what it draws from besides the image, by entry.
    independent_samples: whether each image is a function of its own input and noise alone in training too.
    """

    noise: dict[str, Noise]
    independent_samples: bool
    size_multiple: int

    @property
    def smallest_side(self) -> int:
        """Twice the multiple: no normalised map is then a single pixel, and borders can be reflected."""
        return 2 * self.size_multiple

    @abc.abstractmethod
    def translate(self, images: tf.Tensor, noise: Mapping[str, tf.Tensor], run: Pass = INFERENCE) -> tf.Tensor:
        """The translations of `images`. An entry of `noise` that is left out is not drawn from: it has no effect."""

    def call(self, images, run: Pass = INFERENCE):
        """The translations of `images` without noise."""
        return self.translate(images, {}, run)


@dataclasses.dataclass(frozen=True)
class TranslationNetwork(BatchNormalized, CriticSettings, abc.ABC):
    """An architecture with a generator of images from images, and a critic of their patches."""

    normalization: str = setting("instance", "normalisation in the generator", choices=NORMALIZATIONS)
    patch_normalization: str = setting("instance", "normalisation in the critic of patches", choices=NORMALIZATIONS)
    upsampling: str = setting(
        "transposed", "how maps are doubled: by a transposed convolution, or by repeating pixels and a 3x3 "
        "convolution, against checkerboards", choices=("transposed", "nearest"))

    @abc.abstractmethod
    def build_translator(self, source_shape: tuple[int, ...], shape: tuple[int, ...], seed: int,
                         name: str = GENERATOR) -> Translator:
        """The built generator of images of `shape` [H, W, C'] from images of `source_shape` [H, W, C].

        Args:
          seed: of the run.
          name: of the network; networks of one run with different names have different initial weights.

        Raises: `ValueError` for shapes it cannot translate.
        """

    @abc.abstractmethod
    def build_critic(self, shape: tuple[int, ...], seed: int, name: str = CRITIC) -> PatchCritic:
        """The built critic of images of `shape` [H, W, C]. Raises `ValueError` for shapes it cannot score."""

    @property
    def mixing(self) -> str:
        return "patch_normalization" if self.patch_normalization == "batch" else ""

    def unused(self, config: Assembly) -> dict[str, str]:
        if "batch" in (self.normalization, self.patch_normalization):
            return super().unused(config)
        return super().unused(config) | {"sync_batch_norm": "neither network is normalised by the batch"}

    def generator_layers(self, seed: int, name: str, kernel_size: int) -> Layers:
        """Layers of a generator called `name`."""
        return Layers(WeightInitializers(self.initializer, seed, name), kernel_size=kernel_size,
                      **self._normalized(self.normalization))

    def critic_layers(self, seed: int, name: str) -> Layers:
        """Layers of a critic called `name`."""
        return Layers(WeightInitializers(self.critic_initializer, seed, name), kernel_size=4,
                      spectral_normalization=self.spectral_normalization,
                      **self._normalized(self.patch_normalization))

    def _normalized(self, kind: str) -> dict[str, object]:
        return {"batch_norm_steps": int(kind == "batch"), "instance_norm": kind == "instance",
                "synchronized": self.sync_batch_norm}


@dataclasses.dataclass(frozen=True)
class PatchNetwork(TranslationNetwork):
    """An architecture whose critic is that of Pix2Pix."""

    patch: int = setting(0, "side of the patches that the critic judges: 1, 16, 34, 70, 142 or 286 pixels; 0: 70, or "
                         "the largest that finds several patches in the image", at_least=0)

    def check(self, config: Assembly) -> None:
        """Raises `ValueError` for a size of patch that no critic has."""
        if self.patch and self.patch not in PATCHES:
            raise ValueError(f"patch={self.patch}: the choices are {', '.join(map(str, PATCHES))}, or 0")

    def build_critic(self, shape: tuple[int, ...], seed: int, name: str = CRITIC) -> PatchCritic:
        return patch_critic(self.patch, self.width, self.critic_layers(seed, name), shape, name=name)


class NearestUpsampling(Composite, keras.layers.Layer):
    """Repeats each pixel twice in height and width, then a 3x3 convolution: [B, H, W, C] -> [B, 2H, 2W, F]."""

    def __init__(self, layers: Layers, channels: int, *, name: str, **options):
        super().__init__(name=name)
        self.repeat = keras.layers.UpSampling2D(2)
        self.convolution = layers.convolution("convolution", channels, kernel_size=3, **options)

    def call(self, maps):
        return self.convolution(self.repeat(maps))


def doubling(kind: str, layers: Layers, name: str, channels: int, **options) -> keras.layers.Layer:
    """A layer that doubles height and width, as the setting `upsampling` says."""
    if kind == "nearest":
        return NearestUpsampling(layers, channels, name=name, **options)
    return layers.doubling_convolution(name, channels, **options)


def check_translated(source_shape: tuple[int, ...], shape: tuple[int, ...]) -> None:
    """Raises `ValueError` unless both are images [H, W, C] of the same height and width."""
    if len(shape) != 3 or len(source_shape) != 3 or source_shape[:2] != shape[:2]:
        raise ValueError(f"the data translates {list(source_shape)} to {list(shape)}; expected images [H, W, C] of "
                         "the same height and width")
