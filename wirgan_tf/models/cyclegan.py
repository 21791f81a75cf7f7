"""CycleGAN (Zhu et al. 2017, arXiv 1703.10593): images of one domain as images of another, learnt without pairs."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from wirgan_tf.entries import Entry, Spec
from wirgan_tf.models.adversarial_model import Terms
from wirgan_tf.models.judging import AllScores, Judged
from wirgan_tf.models.pool import ImagePool
from wirgan_tf.models.translation import Translation, TranslationModel, mean_absolute_error
from wirgan_tf.networks.critic import Critic
from wirgan_tf.networks.generator import Batch
from wirgan_tf.networks.passes import TRAINING_UNTRACKED, Pass
from wirgan_tf.noise import Purpose, Stream
from wirgan_tf.parts import Assembly, setting

A_TO_B, B_TO_A = "a_to_b", "b_to_a"
CRITIC_A, CRITIC_B = "critic_a", "critic_b"


class CycleGanModel(TranslationModel):
    """Two generators G: a -> b and F: b -> a, and a critic of each domain.

        L_G = w (E[(D_b(G(x)) - 1)^2] + E[(D_a(F(y)) - 1)^2]) + lambda (mean|F(G(x)) - x| + mean|G(F(y)) - y|)
              + lambda w_id (mean|G(y) - y| + mean|F(x) - x|)
        L_D = (E[(D(real) - 1)^2] + E[D(pooled fake)^2]) / 2 for each domain

    x is `source`, an image of domain a; y, an image of domain b, is `image`. The objective may be another. Both cycle
    terms train both generators.

    Args:
      cycle_weight: lambda.
      identity_weight: w_id.
      pools: of past images of each domain, by the batch's name for it; critics are trained on what the pools return.
    """

    directions = (A_TO_B, B_TO_A)

    def __init__(self, *args, cycle_weight: float, identity_weight: float, pools: Mapping[str, ImagePool], **kwargs):
        super().__init__(*args, **kwargs)
        self.cycle_weight = cycle_weight
        self.identity_weight = identity_weight
        self.pools = dict(pools)

    @property
    def critic(self) -> Critic:
        """The critic of domain b, whose images are drawn by default."""
        return self.critics.networks[CRITIC_B]

    @property
    def judged_conditions(self) -> dict[str, Entry]:
        return {}

    @property
    def state(self) -> dict[str, Any]:
        pooled = [pool.state for pool in self.pools.values()]
        return {name: variable for part in (super().state, *pooled) for name, variable in part.items()}

    def generate(self, real: Batch, conditions: Batch, noise: Batch, run: Pass) -> Batch:
        """G(x) as `image`, F(y) as `source`: images of the domains that the batch has under these names."""
        return {"image": self._translated(A_TO_B, real["source"], noise, run),
                "source": self._translated(B_TO_A, real["image"], noise, run)}

    def shown_to_critics(self, fake: Batch, stream: Stream) -> Batch:
        """What the pools return for generated images."""
        draws = stream.uniform(Purpose.POOL, tf.stack([tf.shape(fake["image"])[0], 2 * len(fake)]))
        parts = tf.split(draws, len(fake), axis=1)
        return {name: self.pools[name].exchange(images, part) if name in self.pools else images
                for (name, images), part in zip(fake.items(), parts, strict=True)}

    def judged(self, real: Batch, fake: Batch) -> dict[str, Judged]:
        return {CRITIC_A: Judged(real["source"], fake["source"], {}),
                CRITIC_B: Judged(real["image"], fake["image"], {})}

    def generator_terms(self, real: Batch, fake: Batch, noise: Batch, scores: AllScores, stream: Stream) -> Terms:
        terms = super().generator_terms(real, fake, noise, scores, stream)
        x, y, run = real["source"], real["image"], TRAINING_UNTRACKED
        terms["cycle_a"] = self.cycle_weight * mean_absolute_error(
            self._translated(B_TO_A, fake["image"], noise, run), x)
        terms["cycle_b"] = self.cycle_weight * mean_absolute_error(
            self._translated(A_TO_B, fake["source"], noise, run), y)
        if self.identity_weight > 0.0:
            terms["identity"] = self.cycle_weight * self.identity_weight * (
                mean_absolute_error(self._translated(A_TO_B, y, noise, run), y)
                + mean_absolute_error(self._translated(B_TO_A, x, noise, run), x))
        return terms

    def _translated(self, direction: str, images: tf.Tensor, noise: Batch, run: Pass) -> tf.Tensor:
        return self.translated(self.trained_generators[direction], {"source": images}, noise, run)

    @property
    def _critic_variables(self) -> list:
        return [*super()._critic_variables, *(variable for pool in self.pools.values()
                                              for variable in pool.state.values())]


@dataclasses.dataclass(frozen=True)
class CycleGan(Translation):
    """Two generators, from domain a to b and back, and a critic of each domain."""

    cycle_weight: float = setting(10.0, "lambda, weight of the mean absolute error of images that went to the other "
                                  "domain and back", at_least=0)
    identity_weight: float = setting(0.5, "w_id, weight of the mean absolute error of images that were in the target "
                                     "domain already, relative to cycle_weight", at_least=0)
    pool_size: int = setting(50, "past images of each domain that critics are trained on besides the newest; 0: none",
                             at_least=0)

    model_class = CycleGanModel

    def check(self, config: Assembly) -> None:
        super().check(config)
        if self.cycle_weight == 0.0 and self.identity_weight > 0.0:
            raise ValueError(f"identity_weight={self.identity_weight} has no effect with cycle_weight=0, which it is "
                             "relative to; set it to 0 too")

    def build_generators(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        a, b, build = spec["source"].shape, spec["image"].shape, config.network.build_translator
        if self.identity_weight > 0.0 and a != b:
            raise ValueError(f"identity_weight={self.identity_weight} compares images of both domains, which are "
                             f"{list(a)} and {list(b)}; use identity_weight=0, or as many channels in both")
        return {A_TO_B: build(a, b, config.seed, A_TO_B), B_TO_A: build(b, a, config.seed, B_TO_A)}

    def build_critics(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        a, b, build = spec["source"].shape, spec["image"].shape, config.network.build_critic
        return {CRITIC_A: build(a, config.seed, CRITIC_A), CRITIC_B: build(b, config.seed, CRITIC_B)}

    def model_settings(self, spec: Spec) -> dict[str, Any]:
        pools = {}
        if self.pool_size:
            pools = {name: ImagePool(self.pool_size, spec[name].shape, f"pool_of_{domain}")
                     for name, domain in (("source", "a"), ("image", "b"))}
        return super().model_settings(spec) | {
            "cycle_weight": self.cycle_weight, "identity_weight": self.identity_weight, "pools": pools}
