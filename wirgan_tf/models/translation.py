"""What models of image translation have in common: an image of one kind becomes one of another.

A batch has `source`, the images to translate, and `image`, images of the kind that they are to become: the partners of
`source` where there are pairs, otherwise any images of that kind.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

import tensorflow as tf

from wirgan_tf.entries import Spec
from wirgan_tf.models.adversarial import Adversarial
from wirgan_tf.models.adversarial_model import AdversarialModel, Terms
from wirgan_tf.models.asking import check_direction
from wirgan_tf.models.judging import AllScores
from wirgan_tf.networks import TranslationNetwork
from wirgan_tf.networks.generator import Batch
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.networks.translation import Translator
from wirgan_tf.noise import Noise, Stream, row_noise
from wirgan_tf.parts import Assembly, setting


class TranslationModel(AdversarialModel):
    """An adversarial model whose generators are `Translator`s of the condition `source`.

    Args:
      adversarial_weight: weight of the objective in the generators' loss.
      critic_weight: weight of the objective in the critics' loss.
      inference_dropout: whether features are dropped at inference as in training.

    directions: the names of the generators that `translate` can be asked for; empty when there is only one.
    """

    directions: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args, adversarial_weight: float, critic_weight: float, inference_dropout: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.adversarial_weight = adversarial_weight
        self.critic_weight = critic_weight
        self.inference_dropout = inference_dropout

    @property
    def translates_back(self) -> bool:
        """Whether the model can translate images back: in the other direction, or to their original attributes."""
        return len(self.directions) > 1 or "attributes" in self.data_conditions

    @property
    def size_multiple(self) -> int:
        """What height and width of a translated image must be multiples of."""
        return max(network.size_multiple for network in self.trained_generators.values())

    @property
    def smallest_side(self) -> int:
        """The smallest height and width of a translated image."""
        return max(network.smallest_side for network in self.trained_generators.values())

    @property
    def training_noise(self) -> dict[str, Noise]:
        first, *_ = self.trained_generators.values()
        return first.noise

    @property
    def noise(self) -> dict[str, Noise]:
        return self.training_noise if self.inference_dropout else {}

    def translate(self, source: tf.Tensor, attributes: tf.Tensor | None = None, direction: str = "",
                  seeds: tf.Tensor | None = None) -> tf.Tensor:
        """Translations at inference, by the averaged generators when there are any.

        Args:
          source: float32 [B, H, W, C] in [-1, 1]; H and W are multiples of `size_multiple`, and at least
            `smallest_side`.
          attributes: float32 [B, A], of a model that translates to attributes.
          direction: one of `directions`, by default the first; "" when there are none.
          seeds: int64 [B], of the noise, for a model that has some; by default 0 for every row.

        Returns: float32 [B, H, W, C'] in [-1, 1].

        Raises: `ValueError` for a direction that the model does not have, attributes that are missing, have no effect
          or are not one row for each image, and images of other sizes, when these are known.
        """
        self._check_translated(source, attributes, direction)
        seeds = tf.zeros([tf.shape(source)[0]], tf.int64) if seeds is None else seeds
        conditions = {"source": source} if attributes is None else {"source": source, "attributes": attributes}
        name = direction or next(iter(self.trained_generators))
        return self.translated(self.sampled_generators[name], conditions, row_noise(seeds, self.noise), INFERENCE)

    def translated(self, network: Translator, conditions: Batch, noise: Batch, run: Pass) -> tf.Tensor:
        """The translations of `conditions["source"]` by one of the generators."""
        return network.translate(conditions["source"], noise, run)

    def draw(self, networks: Mapping[str, Translator], noise: Batch, conditions: Batch, run: Pass = INFERENCE) -> Batch:
        first, *_ = networks.values()
        return {"image": self.translated(first, conditions, noise, run)}

    def critic_terms(self, real: Batch, fake: Batch, scores: AllScores, stream: Stream) -> Terms:
        return _weighted(super().critic_terms(real, fake, scores, stream), self.critic_weight)

    def generator_terms(self, real: Batch, fake: Batch, noise: Batch, scores: AllScores, stream: Stream) -> Terms:
        return _weighted(super().generator_terms(real, fake, noise, scores, stream), self.adversarial_weight)

    def _check_translated(self, source: tf.Tensor, attributes: tf.Tensor | None, direction: str) -> None:
        check_direction(direction, self.directions)
        if (attributes is not None) != ("attributes" in self.data_conditions):
            raise ValueError("this model translates to attributes; pass them" if attributes is None else
                             "attributes have no effect: this model does not translate to attributes; leave them out")
        if attributes is not None and not tf.TensorShape(source.shape[:1]).is_compatible_with(attributes.shape[:1]):
            raise ValueError(f"attributes have shape {attributes.shape} and images {source.shape}; expected a row of "
                             "attributes for each image")
        for side in source.shape[1:3]:
            if side is not None and (side % self.size_multiple or side < self.smallest_side):
                raise ValueError(f"images of {source.shape[1]}x{source.shape[2]}: this model translates sides that are "
                                 f"multiples of {self.size_multiple}, from {self.smallest_side} on; pad them")


def _weighted(terms: Terms, weight: float) -> Terms:
    """`terms` with those of the objective multiplied by `weight`."""
    return {name: weight * term if name.startswith("objective") else term for name, term in terms.items()}


def mean_absolute_error(first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """The mean of |first - second| over images, pixels and channels."""
    return tf.reduce_mean(tf.abs(first - second))


@dataclasses.dataclass(frozen=True)
class Translation(Adversarial):
    """Settings of all families of image translation."""

    adversarial_weight: float = setting(1.0, "weight of the objective in the generators' loss", at_least=0)
    critic_weight: float = setting(1.0, "weight of the objective in the critics' loss", at_least=0)
    inference_dropout: bool = setting(
        True, "drop features at inference as in training, by masks that are a function of a sample's seed")

    condition_names = ("source",)
    model_class = TranslationModel
    network_class = TranslationNetwork
    network_has = "a generator of images from images"

    def check(self, config: Assembly) -> None:
        if config.objective.of_energies or config.objective.needs_features:
            raise ValueError(f"objective={config.objective.name} needs a critic that is an autoencoder, and "
                             f"family={self.name} has critics of patches; use objective=gan, lsgan or wgan")
        super().check(config)

    def unused(self, config: Assembly) -> dict[str, str]:
        if config.network.settings().get("dropout"):
            return super().unused(config)
        return super().unused(config) | {"inference_dropout": "the generator drops no features"}

    def model_settings(self, spec: Spec) -> dict[str, Any]:
        return super().model_settings(spec) | {
            "adversarial_weight": self.adversarial_weight, "critic_weight": self.critic_weight,
            "inference_dropout": self.inference_dropout}
