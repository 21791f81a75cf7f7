"""Models that draw what they are asked for: a class, or attributes.

CGAN, ACGAN, the projection GAN and conditional GP-WIRGAN are this family with different settings: how the generator is
given the condition, and how the critic judges whether an image meets it. In the critic's update generated images share
the labels of the real batch, so that real images, generated ones and those between them have the same labels; the
generator's update takes the labels of the last critic batch.
"""

import dataclasses
from typing import Any

import keras
import tensorflow as tf

from wirgan_tf.entries import Entry, Spec
from wirgan_tf.models.adversarial import Adversarial
from wirgan_tf.models.adversarial_model import CRITIC, AdversarialModel, Terms
from wirgan_tf.models.class_head import HEAD, attribute_loss, class_head
from wirgan_tf.models.family import require
from wirgan_tf.models.judging import AllScores
from wirgan_tf.networks import BatchNormalized, ConditionalNetwork
from wirgan_tf.networks.conditional_critics import PlanesCritic, ProjectionCritic
from wirgan_tf.networks.conditioning import Conditioning
from wirgan_tf.networks.generator import Batch
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.noise import Stream
from wirgan_tf.parts import Assembly, setting


class ConditionalModel(AdversarialModel):
    """An adversarial model whose generator is asked for a condition.

    With an auxiliary classifier (Odena et al. 2017), a head of the critic also predicts the condition of an image:

        L_D += w_D (CE(C(x), y) + w_f CE(C(G(z, y)), y)),    L_G += w_G CE(C(G(z, y)), y)

    The cross-entropy CE is that of a softmax for a label, and `attribute_loss` for attributes.

    Args:
      class_weight: w_D.
      fake_class_weight: w_f.
      generator_class_weight: w_G.
    """

    def __init__(self, *args, class_weight: float = 0.0, fake_class_weight: float = 0.0,
                 generator_class_weight: float = 0.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.class_weight = class_weight
        self.fake_class_weight = fake_class_weight
        self.generator_class_weight = generator_class_weight

    def draw(self, networks, noise: Batch, conditions: Batch, run: Pass = INFERENCE) -> Batch:
        for condition in conditions.values():  # one, or none if there is a single class
            run = run.asked_for(condition)
        return networks["generator"].draw(noise, run)

    @property
    def needs_features(self) -> bool:
        return super().needs_features or HEAD in self.critics.networks

    def critic_terms(self, real: Batch, fake: Batch, scores: AllScores, stream: Stream) -> Terms:
        terms = super().critic_terms(real, fake, scores, stream)
        if HEAD not in self.critics.networks:
            return terms
        terms["real_class"] = self.class_weight * self._cross_entropy(scores[CRITIC].real_features, real)
        if self.fake_class_weight > 0.0:
            weight = self.class_weight * self.fake_class_weight
            terms["fake_class"] = weight * self._cross_entropy(scores[CRITIC].fake_features, real)
        return terms

    def generator_terms(self, real: Batch, fake: Batch, noise: Batch, scores: AllScores, stream: Stream) -> Terms:
        terms = super().generator_terms(real, fake, noise, scores, stream)
        if HEAD in self.critics.networks:
            terms["class"] = self.generator_class_weight * self._cross_entropy(scores[CRITIC].fake_features, real)
        return terms

    def _cross_entropy(self, features: tf.Tensor, batch: Batch) -> tf.Tensor:
        (condition,), (entry,) = self._conditions_of(batch).values(), self.data_conditions.values()
        logits = self.critics.networks[HEAD](features)
        if condition.dtype.is_integer:
            return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(condition, logits))
        return attribute_loss(logits, condition, entry.group_places)


@dataclasses.dataclass(frozen=True)
class Conditional(Adversarial):
    """A generator that draws what it is asked for, and a critic that judges images under the same condition.

    Planes of y are the conditional GAN's (Mirza and Osindero 2014), the auxiliary classifier is ACGAN's (Odena et al.
    2017), projection and conditional normalisation are the projection GAN's (Miyato and Koyama 2018).
    """

    condition: str = setting("label", "what images are asked to be: a class, or attributes",
                             choices=("label", "attributes"))
    condition_embedding: int = setting(64, "size of e(y), which is joined to the generator's noise", at_least=1)
    generator_condition: str = setting(
        "joined", "how the generator is asked: e(y) is joined to its noise, or scale and offset of its batch "
        "normalisation depend on y", choices=("joined", "normalization"))
    critic_condition: str = setting(
        "projection", "how the critic judges y: by a projection of its features, by planes joined to the image, or by "
        "an auxiliary classifier", choices=("projection", "planes", "classifier"))
    class_weight: float = setting(1.0, "w_D, weight of the auxiliary classifier in the critic's loss", at_least=0)
    fake_class_weight: float = setting(
        0.0, "w_f, weight of generated images besides real ones in the auxiliary classifier's loss", at_least=0)
    generator_class_weight: float = setting(1.0, "w_G, weight of the auxiliary classifier in the generator's loss",
                                            at_least=0)

    model_class = ConditionalModel

    @property
    def condition_names(self) -> tuple[str, ...]:
        return (self.condition,)

    def unused(self, config: Assembly) -> dict[str, str]:
        unused = super().unused(config)
        if self.critic_condition != "classifier":
            unused |= dict.fromkeys(("class_weight", "fake_class_weight", "generator_class_weight"),
                                    f"critic_condition={self.critic_condition} has no auxiliary classifier")
        if self.generator_condition == "normalization":
            unused["condition_embedding"] = "generator_condition=normalization joins nothing to the noise"
        return unused

    def check(self, config: Assembly) -> None:
        super().check(config)
        require(config.network, ConditionalNetwork, f"family={self.name}", "a generator that can be asked for a class")
        if self.generator_condition == "normalization" and not isinstance(config.network, BatchNormalized):
            raise ValueError(f"generator_condition=normalization needs batch normalisation, which network="
                             f"{config.network.name} does not have; use generator_condition=joined")

    def conditions(self, spec: Spec) -> dict[str, Entry]:
        """The condition, or none when there is a single class: then nothing conditional is built."""
        found = super().conditions(spec)
        condition = found[self.condition]
        return {} if not condition.shape and condition.size == 1 else found

    def build_generators(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        conditioning = None
        for entry in self.conditions(spec).values():
            conditioning = Conditioning(entry.size, self.condition_embedding,
                                        normalized=self.generator_condition == "normalization")
        shape = spec["image"].shape
        return {"generator": config.network.build_generator(shape, config.seed, conditioning)}

    def build_critics(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        shape, network = spec["image"].shape, config.network
        for name, entry in self.conditions(spec).items():
            size = entry.size
            if self.critic_condition == "planes":
                joined = network.build_critic((*shape[:-1], shape[-1] + size), config.seed)
                return {"critic": PlanesCritic(joined, name, size)}
            initializers = WeightInitializers(network.critic_initializer, config.seed, HEAD)
            critic = network.build_critic(shape, config.seed)
            if self.critic_condition == "projection":
                return {"critic": ProjectionCritic(critic, name, size, shape, initializers,
                                                   network.spectral_normalization)}
            return {"critic": critic, HEAD: class_head(critic, shape, size, initializers)}
        return super().build_critics(config, spec)

    def model_settings(self, spec: Spec) -> dict[str, Any]:
        if self.critic_condition != "classifier":
            return {}
        return {"class_weight": self.class_weight, "fake_class_weight": self.fake_class_weight,
                "generator_class_weight": self.generator_class_weight}
