"""What an architecture is to the rest of the package: settings, and the networks that are built from them."""

import abc
import dataclasses
from collections.abc import Callable

import tensorflow as tf

from wirgan_tf.networks import initialization
from wirgan_tf.networks.autoencoder import AutoencoderCritic
from wirgan_tf.networks.conditioning import Conditioning
from wirgan_tf.networks.critic import Critic, FeatureCritic
from wirgan_tf.networks.generator import Generator
from wirgan_tf.networks.inference import Encoder
from wirgan_tf.networks.recurrent import RecurrentGenerator
from wirgan_tf.noise import DISTRIBUTIONS
from wirgan_tf.parts import Assembly, Part, setting

_SMALLEST_VARIANCE = 1e-5


@dataclasses.dataclass(frozen=True)
class Network(Part, abc.ABC):
    """An architecture."""

    width: int = setting(128, "channels of the first convolution (units of a layer in the mlp and draw networks)",
                         at_least=1)
    initializer: str = setting("normal", f"the generator's {initialization.ABOUT}", choices=initialization.KINDS)

    time_steps = 1
    sync_batch_norm = True


@dataclasses.dataclass(frozen=True)
class LatentNetwork(Network):
    """An architecture with a generator of z_1 .. z_T."""

    latent: int = setting(128, "size of a time step's noise vector z_t and of the encoded canvas h_t", at_least=1)
    noise: str = setting("truncated_normal", "distribution of z_t", choices=DISTRIBUTIONS)

    @abc.abstractmethod
    def build_generator(self, shape: tuple[int, ...], seed: int) -> Generator:
        """The built generator of images or points of `shape`. Raises `ValueError` for shapes it cannot draw."""


@dataclasses.dataclass(frozen=True)
class CriticSettings(Network):
    """Settings of an architecture with a critic, whatever its generator draws from."""

    critic_initializer: str = setting("normal", f"the critic's {initialization.ABOUT}", choices=initialization.KINDS)
    spectral_normalization: bool = setting(False, "divide the kernels of the critic by their spectral norms")

    @property
    def mixing(self) -> str:
        """The setting by which the critic mixes a batch's samples, as batch normalisation does; "" if it does not."""
        return ""


@dataclasses.dataclass(frozen=True)
class CriticNetwork(LatentNetwork, CriticSettings):
    """An architecture with a generator of noise and a critic."""

    @abc.abstractmethod
    def build_critic(self, shape: tuple[int, ...], seed: int) -> Critic:
        """The built critic of images or points of `shape`. Raises `ValueError` for shapes it cannot score."""

    def unused(self, config: Assembly) -> dict[str, str]:
        if config.objective is not None:
            return super().unused(config)
        mine = set(CRITIC_SETTINGS) & set(self.settings())
        return super().unused(config) | dict.fromkeys(mine, f"family={config.family.name} has no critic")


CRITIC_SETTINGS = ("critic_initializer", "spectral_normalization", "critic_normalization", "critic_dropout")


class ConditionalNetwork(CriticNetwork):
    """An architecture whose generator can be asked for a condition, and whose critic returns its features."""

    @abc.abstractmethod
    def build_generator(self, shape: tuple[int, ...], seed: int,
                        conditioning: Conditioning | None = None) -> RecurrentGenerator:
        """As in `LatentNetwork`; with `conditioning`, passes through the generator ask for a condition."""

    @abc.abstractmethod
    def build_critic(self, shape: tuple[int, ...], seed: int) -> FeatureCritic:
        """As in `CriticNetwork`."""


class AutoencoderNetwork(CriticNetwork):
    """An architecture whose critic is an autoencoder."""

    @abc.abstractmethod
    def build_critic(self, shape: tuple[int, ...], seed: int) -> AutoencoderCritic:
        """As in `CriticNetwork`."""


class EncoderNetwork(LatentNetwork):
    """An architecture with an encoder, which finds the noise from which an image may have been drawn."""

    @abc.abstractmethod
    def build_encoder(self, shape: tuple[int, ...], seed: int) -> Encoder:
        """The built inference network of images of `shape` [H, W, C]. Raises `ValueError` for points."""


@dataclasses.dataclass(frozen=True)
class BatchNormalized(Network):
    """Settings of an architecture that normalises by the batch."""

    sync_batch_norm: bool = setting(
        True, "with several devices, normalise by the batch of all of them rather than each by its own share")


@dataclasses.dataclass(frozen=True)
class NormalizedCritic(CriticNetwork, BatchNormalized):
    """Settings of an architecture whose critic may be normalised by the batch."""

    critic_normalization: str = setting("none", "normalisation in the critic", choices=("none", "batch"))

    @property
    def mixing(self) -> str:
        return "critic_normalization" if self.critic_normalization == "batch" else ""


@dataclasses.dataclass(frozen=True)
class Recurrent(LatentNetwork):
    """Settings of a generator that redraws its canvas (see `networks.recurrent`)."""

    time_steps: int = setting(3, "T, how many times the generator redraws its canvas", at_least=1)
    canvas: str = setting("last", "the image: the last canvas, or tanh of the sum of all", choices=("last", "sum"))
    noise_layer: bool = setting(False, "pass z_t through Dense + tanh before the decoder")
    encoder_activation: str = setting("linear", "activation of the encoded canvas h_t; layer_norm: to mean 0 and "
                                      "variance 1 over its numbers", choices=("linear", "tanh", "layer_norm"))
    recompute: bool = setting(False, "compute time steps again for their gradients: less memory for more time",
                              safe_to_change=True)

    @property
    def state_activation(self) -> str | Callable[[tf.Tensor], tf.Tensor]:
        """The activation of h_t, as Keras takes it."""
        return layer_normalized if self.encoder_activation == "layer_norm" else self.encoder_activation

    def unused(self, config: Assembly) -> dict[str, str]:
        if self.time_steps > 1:
            return super().unused(config)
        return super().unused(config) | dict.fromkeys(
            ("encoder_activation",), "with time_steps=1 no canvas is encoded")


def layer_normalized(states: tf.Tensor) -> tf.Tensor:
    """States [B, latent], each minus its mean, over its standard deviation (Ba et al. 2016, without gain and bias)."""
    mean, variance = tf.nn.moments(states, axes=[-1], keepdims=True)
    return (states - mean) * tf.math.rsqrt(variance + _SMALLEST_VARIANCE)


def check_built(critic: Critic, shape: tuple[int, ...]) -> Critic:
    """`critic` after its first call, which makes its variables."""
    critic(tf.zeros([1, *shape]))
    return critic
