"""The networks of StarGAN (Choi et al. 2018, arXiv 1711.09020, appendix 7.2, and its authors' code)."""

import dataclasses

from wirgan_tf.networks.initialization import CRITIC
from wirgan_tf.networks.network import check_built
from wirgan_tf.networks.patch_critic import PatchCritic
from wirgan_tf.networks.residual_translator import ResidualSettings

_SLOPE = 0.01
_MOST_HALVINGS, _SCORE_KERNEL = 6, 3


@dataclasses.dataclass(frozen=True)
class Stargan(ResidualSettings):
    """The residual generator, and a critic of 4x4 convolutions of stride 2 down to 2x2, at most 6 of them.

    The critic's channels double each time; its scores are a 3x3 convolution of the last map.
    """

    def build_critic(self, shape: tuple[int, ...], seed: int, name: str = CRITIC) -> PatchCritic:
        layers = self.critic_layers(seed, name)
        convolutions = [
            (layers.padded_convolution(f"convolution_{level}", self.width * 2**level, strides=2),
             layers.norm(f"norm_{level}") if level else None) for level in range(critic_levels(shape))]
        to_score = layers.padded_convolution("to_score", 1, _SCORE_KERNEL, use_bias=False, dtype="float32")
        critic = PatchCritic(convolutions, to_score, slope=_SLOPE, name=name)
        return check_built(critic, shape)


def critic_levels(shape: tuple[int, ...]) -> int:
    """How often the critic halves images of `shape` [H, W, C].

    >>> critic_levels((128, 128, 3)), critic_levels((32, 32, 3)), critic_levels((256, 256, 3))
    (6, 4, 6)
    """
    levels = 1
    while levels < _MOST_HALVINGS and min(shape[:2]) >= 2 ** (levels + 2):
        levels += 1
    return levels
