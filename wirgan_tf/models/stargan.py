"""StarGAN (Choi et al. 2018, arXiv 1711.09020): images changed to have other attributes, by one generator for all."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from wirgan_tf.entries import Entry, Spec
from wirgan_tf.models.adversarial_model import CRITIC, Terms
from wirgan_tf.models.class_head import HEAD, attribute_loss, class_head
from wirgan_tf.models.judging import AllScores, Judged
from wirgan_tf.models.translation import Translation, TranslationModel, mean_absolute_error
from wirgan_tf.networks.generator import Batch
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.passes import TRAINING_UNTRACKED, Pass
from wirgan_tf.networks.translation import Translator
from wirgan_tf.noise import Stream
from wirgan_tf.parts import Assembly, setting


class StarGanModel(TranslationModel):
    """G translates an image to target attributes c; a head C of the critic reads attributes.

        L_D = E[r] - E[s] + 10 GP + l_cls CE(C(x), c_x)
        L_G = -E[r] + l_cls CE(C(G(x, c)), c) + l_rec mean|x - G(G(x, c), c_x)|

    x is `image` of the data, c_x are its `attributes`, and c those of the next example of the batch: the batch's
    attributes permuted. C learns from images of the data alone. The objective and the penalty may be others.

    Args:
      class_weight: l_cls.
      reconstruction_weight: l_rec.
      groups: indices of attributes in `attributes`, [[...], ...]: an image has one of each group.
    """

    def __init__(self, *args, class_weight: float, reconstruction_weight: float, groups: Sequence[Sequence[int]],
                 **kwargs):
        super().__init__(*args, **kwargs)
        self.class_weight = class_weight
        self.reconstruction_weight = reconstruction_weight
        self.groups = tuple(tuple(group) for group in groups)

    @property
    def judged_conditions(self) -> dict[str, Entry]:
        return {}

    @property
    def needs_features(self) -> bool:
        return True

    def translated(self, network: Translator, conditions: Batch, noise: Batch, run: Pass) -> tf.Tensor:
        source, attributes = conditions["source"], conditions["attributes"]
        planes = attributes[:, tf.newaxis, tf.newaxis] * tf.ones_like(source[..., :1])
        return network.translate(tf.concat([source, planes], axis=-1), noise, run)

    def judged(self, real: Batch, fake: Batch) -> dict[str, Judged]:
        return {CRITIC: Judged(real["image"], fake["image"], {})}

    def critic_terms(self, real: Batch, fake: Batch, scores: AllScores, stream: Stream) -> Terms:
        terms = super().critic_terms(real, fake, scores, stream)
        found = self.class_logits(scores[CRITIC].real_features)
        return terms | {"class": self.class_weight * attribute_loss(found, real["attributes"], self.groups)}

    def generator_terms(self, real: Batch, fake: Batch, noise: Batch, scores: AllScores, stream: Stream) -> Terms:
        terms = super().generator_terms(real, fake, noise, scores, stream)
        targets = self._conditions_of(real)["attributes"]
        found = self.class_logits(scores[CRITIC].fake_features)
        terms["class"] = self.class_weight * attribute_loss(found, targets, self.groups)
        back = {"source": fake["image"], "attributes": real["attributes"]}
        again = self.translated(self.generator, back, noise, TRAINING_UNTRACKED)
        terms["reconstruction"] = self.reconstruction_weight * mean_absolute_error(real["image"], again)
        return terms

    def class_logits(self, features: tf.Tensor) -> tf.Tensor:
        """C: the critic's features [B, k] -> logits float32 [B, A]."""
        return self.critics.networks[HEAD](features)


@dataclasses.dataclass(frozen=True)
class StarGan(Translation):
    """A generator of images with target attributes, and a critic that reads attributes."""

    class_weight: float = setting(1.0, "l_cls, weight of the cross-entropy of the attributes that the critic reads",
                                  at_least=0)
    reconstruction_weight: float = setting(
        10.0, "l_rec, weight of the mean absolute error of images that got other attributes and their own again",
        at_least=0)

    condition_names = ("source", "attributes")
    model_class = StarGanModel

    def check(self, config: Assembly) -> None:
        """Raises `ValueError` if the generator would not see the attributes, or would be asked for an image's own."""
        super().check(config)
        if config.batch_size < 2:
            raise ValueError(f"batch_size={config.batch_size}: images are asked for the attributes of the next one of "
                             "the batch, which would be their own; use 2 or more")
        settings = config.network.settings()
        if settings["normalization"] == "instance" and settings.get("padding") == "reflect":
            raise ValueError("padding=reflect leaves the planes of attributes constant, and normalization=instance "
                             "removes constants: the generator would not see them; use padding=zero")

    def conditions(self, spec: Spec) -> dict[str, Entry]:
        """`source`, by default the image itself, and `attributes`, by default those of the next example."""
        if "attributes" not in spec:
            raise ValueError(f"family={self.name} needs attributes with each image, and the data has "
                             f"{', '.join(spec)}; use a data set with attributes")
        return {"source": dataclasses.replace(spec["image"], entry="image"),
                "attributes": dataclasses.replace(spec["attributes"], of_next=True)}

    def build_generators(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        *size, channels = spec["image"].shape
        joined = (*size, channels + spec["attributes"].shape[0])
        return {"generator": config.network.build_translator(joined, spec["image"].shape, config.seed)}

    def build_critics(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        shape, attributes = spec["image"].shape, spec["attributes"].shape[0]
        critic = config.network.build_critic(shape, config.seed)
        initializers = WeightInitializers(config.network.critic_initializer, config.seed, HEAD)
        return {CRITIC: critic, HEAD: class_head(critic, shape, attributes, initializers)}

    def model_settings(self, spec: Spec) -> dict[str, Any]:
        return super().model_settings(spec) | {
            "class_weight": self.class_weight, "reconstruction_weight": self.reconstruction_weight,
            "groups": spec["attributes"].group_places}
