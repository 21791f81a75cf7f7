"""Pix2Pix (Isola et al. 2017, arXiv 1611.07004): images from images, learnt from pairs."""

import dataclasses
from typing import Any

import keras

from wirgan_tf.entries import Entry, Spec
from wirgan_tf.models.adversarial_model import CRITIC, Terms
from wirgan_tf.models.judging import AllScores
from wirgan_tf.models.translation import Translation, TranslationModel, mean_absolute_error
from wirgan_tf.networks.conditional_critics import JoinedCritic
from wirgan_tf.networks.generator import Batch
from wirgan_tf.noise import Stream
from wirgan_tf.parts import Assembly, setting


class Pix2PixModel(TranslationModel):
    """L_G = w E[sp(-D(x, G(x)))] + lambda mean|y - G(x)|,  L_D = w_D (E[sp(-D(x, y))] + E[sp(D(x, G(x)))]).

    x is `source`, y its partner `image`; w is `adversarial_weight` and w_D `critic_weight`, 1/2 in the source. The
    objective may be another; the only noise is dropout in G.

    Args:
      l1_weight: lambda.
      critic_sees_source: whether D sees x along with the image.
    """

    def __init__(self, *args, l1_weight: float, critic_sees_source: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.l1_weight = l1_weight
        self.critic_sees_source = critic_sees_source

    @property
    def judged_conditions(self) -> dict[str, Entry]:
        return self.data_conditions if self.critic_sees_source else {}

    def generator_terms(self, real: Batch, fake: Batch, noise: Batch, scores: AllScores, stream: Stream) -> Terms:
        terms = super().generator_terms(real, fake, noise, scores, stream)
        return terms | {"l1": self.l1_weight * mean_absolute_error(real["image"], fake["image"])}


@dataclasses.dataclass(frozen=True)
class Pix2Pix(Translation):
    """A generator that translates `source` to its partner `image`, and a critic that sees both."""

    l1_weight: float = setting(100.0, "lambda, weight of the mean absolute error to the partner", at_least=0)
    critic_sees_source: bool = setting(True, "the critic sees the input image along with the one that it judges")

    model_class = Pix2PixModel

    def conditions(self, spec: Spec) -> dict[str, Entry]:
        """`source`. Raises `ValueError` for data whose images are not the partners of their sources."""
        found = super().conditions(spec)
        if found["source"].unpaired:
            raise ValueError(f"family={self.name} learns from pairs, and nothing pairs the images of the data with "
                             "their sources; use a data set of pairs")
        return found

    def build_generators(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        shapes = spec["source"].shape, spec["image"].shape
        return {"generator": config.network.build_translator(*shapes, config.seed)}

    def build_critics(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        *size, channels = spec["image"].shape
        if not self.critic_sees_source:
            return {CRITIC: config.network.build_critic((*size, channels), config.seed)}
        joined = config.network.build_critic((*size, channels + spec["source"].shape[-1]), config.seed)
        return {CRITIC: JoinedCritic(joined, "source")}

    def model_settings(self, spec: Spec) -> dict[str, Any]:
        return super().model_settings(spec) | {
            "l1_weight": self.l1_weight, "critic_sees_source": self.critic_sees_source}
