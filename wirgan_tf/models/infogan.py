"""InfoGAN (Chen et al. 2016, arXiv 1606.03657): codes in the noise, which the critic's trunk reads back from images."""

import dataclasses
from typing import Any

import keras
import tensorflow as tf

from wirgan_tf.entries import Entry, Spec
from wirgan_tf.models.adversarial import Adversarial
from wirgan_tf.models.adversarial_model import CRITIC, AdversarialModel, Terms
from wirgan_tf.models.family import require
from wirgan_tf.models.judging import AllScores
from wirgan_tf.networks import ConditionalNetwork
from wirgan_tf.networks.conditioning import Conditioning
from wirgan_tf.networks.generator import Batch
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.layers import Composite, Layers
from wirgan_tf.networks.passes import INFERENCE, TRAINING, Pass
from wirgan_tf.noise import Noise, Stream
from wirgan_tf.parts import Assembly, setting

CATEGORY, CODES, HEAD = "category", "codes", "code_head"
_HIDDEN, _SLOPE = 128, 0.1


class CodeHead(Composite, keras.Model):
    """Q(c|x): features of the critic [B, k] -> logits of the category [B, K], and means of the continuous codes [B, n].

    The standard deviation of a continuous code is 1, as in the authors' code: its term is half the squared error.
    """

    def __init__(self, categories: int, codes: int, layers: Layers):
        super().__init__(name=HEAD)
        self.categories = categories
        self.hidden = layers.dense("hidden", _HIDDEN, use_bias=False)
        self.norm = layers.norm("norm")
        self.to_codes = layers.dense("to_codes", categories + codes, dtype="float32")

    def call(self, features, run: Pass = INFERENCE):
        hidden = tf.nn.leaky_relu(self.norm(self.hidden(features), run=run), _SLOPE)
        outputs = self.to_codes(hidden)
        return outputs[:, :self.categories], outputs[:, self.categories:]


class InfoGanModel(AdversarialModel):
    """V_I = V(D, G) - lambda L_I,  L_I = E_{c, x = G(z, c)}[log Q(c|x)] + H(c).

    lambda L_I is subtracted from both losses, as in the authors' code: the critic's updates train the trunk and Q to
    raise it, and the generator's updates train the generator to. H(c) is a constant and left out; L_I of the category
    is log K minus its term divided by lambda.

    Args:
      information_weight: lambda of the category.
      code_weight: lambda of the continuous codes.
    """

    def __init__(self, *args, information_weight: float, code_weight: float, **kwargs):
        super().__init__(*args, **kwargs)
        self.information_weight = information_weight
        self.code_weight = code_weight

    @property
    def needs_features(self) -> bool:
        return True

    def draw(self, networks, noise: Batch, conditions: Batch, run: Pass = INFERENCE) -> Batch:
        codes = {name: noise[name] for name in self.codes}
        return networks["generator"].draw(noise, run) | codes

    def critic_terms(self, real: Batch, fake: Batch, scores: AllScores, stream: Stream) -> Terms:
        terms = super().critic_terms(real, fake, scores, stream)
        return terms | self._information(scores[CRITIC].fake_features, fake, TRAINING)

    def generator_terms(self, real: Batch, fake: Batch, noise: Batch, scores: AllScores, stream: Stream) -> Terms:
        terms = super().generator_terms(real, fake, noise, scores, stream)
        return terms | self._information(scores[CRITIC].fake_features, fake, TRAINING.untracked())

    def _information(self, features: tf.Tensor, codes: Batch, run: Pass) -> Terms:
        """- lambda E[log Q(c|x)], for the category and for the continuous codes."""
        logits, means = self.critics.networks[HEAD](features, run=run)
        terms = {}
        if CATEGORY in self.codes:
            cross_entropy = tf.nn.softmax_cross_entropy_with_logits(codes[CATEGORY], logits)
            terms[CATEGORY] = self.information_weight * tf.reduce_mean(cross_entropy)
        if CODES in self.codes:
            squares = tf.reduce_sum(tf.square(codes[CODES] - means), axis=1) / 2.0
            terms[CODES] = self.code_weight * tf.reduce_mean(squares)
        return terms


@dataclasses.dataclass(frozen=True)
class InfoGan(Adversarial):
    """A generator of noise and codes, and a critic whose trunk reads the codes back."""

    categories: int = setting(10, "K, classes of the categorical code; 0: none", at_least=0)
    continuous_codes: int = setting(2, "continuous codes, U(-1, 1); 0: none", at_least=0)
    information_weight: float = setting(1.0, "lambda, weight of the categorical code's mutual information", at_least=0)
    code_weight: float = setting(0.1, "lambda of the continuous codes' mutual information", at_least=0)

    model_class = InfoGanModel

    def check(self, config: Assembly) -> None:
        super().check(config)
        require(config.network, ConditionalNetwork, f"family={self.name}", "a generator that can be asked for codes")
        if self.categories + self.continuous_codes == 0:
            raise ValueError("categories=0 and continuous_codes=0 leave no code; use family=adversarial")

    def unused(self, config: Assembly) -> dict[str, str]:
        unused = super().unused(config)
        if not self.categories:
            unused["information_weight"] = "with categories=0 there is no categorical code"
        if not self.continuous_codes:
            unused["code_weight"] = "with continuous_codes=0 there is no continuous code"
        return unused

    def codes(self) -> dict[str, Entry]:
        """The entries by which a sample is asked for codes."""
        category = {CATEGORY: Entry((), tf.int64, tuple(str(number) for number in range(self.categories)))}
        continuous = {CODES: Entry((self.continuous_codes,))}
        return {**(category if self.categories else {}), **(continuous if self.continuous_codes else {})}

    def build_generators(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        noise = {CATEGORY: Noise((self.categories,), "categorical", askable=True),
                 CODES: Noise((self.continuous_codes,), "uniform", askable=True)}
        conditioning = Conditioning(codes={name: noise[name] for name in self.codes()})
        return {"generator": config.network.build_generator(spec["image"].shape, config.seed, conditioning)}

    def build_critics(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        critic = config.network.build_critic(spec["image"].shape, config.seed)
        units = critic.features(tf.zeros([1, *spec["image"].shape])).shape[-1]
        initializers = WeightInitializers(config.network.critic_initializer, config.seed, HEAD)
        layers = Layers(initializers, batch_norm_steps=1, synchronized=config.network.sync_batch_norm)
        head = CodeHead(self.categories, self.continuous_codes, layers)
        head(tf.zeros([1, units]))
        return {"critic": critic, HEAD: head}

    def model_settings(self, spec: Spec) -> dict[str, Any]:
        return {"codes": self.codes(), "information_weight": self.information_weight, "code_weight": self.code_weight}
