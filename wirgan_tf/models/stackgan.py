"""StackGAN (Zhang et al. 2017, arXiv 1612.03242): pictures of texts in two stages, a small one and its refinement.

    c = mu(t) + sigma(t) eps,   KL = KL(N(mu, diag sigma^2) | N(0, I))               conditioning augmentation
    L_D = E[sp(-D(x, t))] + (E[sp(D(x', t))] + E[sp(D(G, t))]) / 2,   x' a real image that t does not describe
    L_G = E[sp(-D(G, t))] + w KL,    first stage G = G_1(z, c), second stage G = G_2(G_1(z, c_1), c), G_1 frozen

sp is softplus: these are the losses of objective "gan". With any other objective L_D is the mean of two critic losses
with their penalties, in one of which x' takes the place of generated images. t is an embedding of a text, a vector of
any other kind, a class, or attributes. Without a condition there is neither augmentation nor x': the second stage
refines images.

Images of the first stage are enlarged to the size of the data by repeating pixels, and its critic averages over as many
pixels: its scores are of the small images themselves, while penalties and margins are of the enlarged ones. Next to the
second stage's images they are shown enlarged bicubically, which is what a second stage must improve on.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.entries import Spec
from wirgan_tf.models.adversarial import Adversarial
from wirgan_tf.models.adversarial_model import CRITIC, AdversarialModel, Terms
from wirgan_tf.models.family import FirstStage, require
from wirgan_tf.models.judging import AllScores, judge
from wirgan_tf.models.mismatches import mismatches
from wirgan_tf.networks import ConditionalNetwork, NormalizedCritic
from wirgan_tf.networks.conditional_critics import ProjectionCritic
from wirgan_tf.networks.conditioning import Conditioning
from wirgan_tf.networks.generator import Batch
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.layers import Layers
from wirgan_tf.networks.passes import INFERENCE, TRAINING, Pass
from wirgan_tf.networks.stackgan import build_stage_critic, build_text_critic, enlarged, small_shape, smoothly_enlarged
from wirgan_tf.networks.stackgan_refiner import ConditioningAugmentation, Refiner, augmentation_noise
from wirgan_tf.noise import Noise, Stream
from wirgan_tf.objectives.likelihood import divergence_from_prior
from wirgan_tf.parts import Assembly, setting

AUGMENTATION, REFINER, REFINER_AUGMENTATION = "augmentation", "refiner", "refiner_augmentation"
MOMENTS = ("mean", "log_deviation")
_LARGE = 256


class StageModel(AdversarialModel):
    """What both stages have in common: the terms of mismatched images and of the augmentation.

    Args:
      enlargement: how many times larger the second stage's images are than the first's, per side.
      augmented: whether c is drawn; if not, it is mu(t), and there is no KL.
      divergence_weight: w.
      mismatched: whether the critic sees x'.
      classes: the entry of the data that says which class an image is of, or None.
    """

    def __init__(self, *args, enlargement: int, augmented: bool, divergence_weight: float, mismatched: bool,
                 classes: str | None, **kwargs):
        super().__init__(*args, **kwargs)
        self.enlargement = enlargement
        self.augmented = augmented
        self.divergence_weight = divergence_weight
        self.mismatched = mismatched and bool(self.data_conditions)
        self.classes = classes

    @property
    def entries(self) -> tuple[str, ...]:
        names = super().entries
        return names if self.classes is None or not self.mismatched else tuple(dict.fromkeys((*names, self.classes)))

    def _draw_small(self, networks: Mapping[str, keras.Model], noise: Batch, conditions: Batch, run: Pass) -> Batch:
        """What the first stage draws, at its own size, and the moments of c."""
        moments = {}
        if conditions:
            drawn, moments = self._augmented(networks[AUGMENTATION], noise[AUGMENTATION], conditions)
            # The generator takes c in the way it was built for: along with its noise, or in its normalisation.
            noise, run = noise | {AUGMENTATION: drawn}, run.asked_for(drawn)
        return networks["generator"].draw(noise, run) | moments

    def _augmented(self, network: keras.Model, noise: tf.Tensor, conditions: Batch) -> tuple[tf.Tensor, Batch]:
        """c, and the moments that it was drawn with."""
        (condition,) = conditions.values()
        mean, log_deviation = network(condition)
        drawn = mean + tf.exp(log_deviation) * noise if self.augmented else mean
        return drawn, dict(zip(MOMENTS, (mean, log_deviation), strict=True))

    def critic_terms(self, real: Batch, fake: Batch, scores: AllScores, stream: Stream) -> Terms:
        terms = super().critic_terms(real, fake, scores, stream)
        if not self.mismatched:
            return terms
        places, found = mismatches(real)
        # A row that matches all others of its batch takes the generated image instead.
        others = tf.gather(replicas.gathered(real["image"]), places)
        others = tf.where(found[:, tf.newaxis, tf.newaxis, tf.newaxis], others, fake["image"])
        conditions = self._conditions_of(real)
        wrong, seen = judge(self.critic, conditions, others, TRAINING, self.needs_features)
        terms["mismatched"] = self.objective.critic_loss(
            scores[CRITIC]._replace(fake=wrong, fake_data=others, fake_features=seen))
        penalty = self.penalty.loss(self.critic.given(conditions), real["image"], others, stream)
        if penalty is not None:
            terms["mismatched_penalty"] = penalty
        return {name: term / 2.0 for name, term in terms.items()}

    def generator_terms(self, real: Batch, fake: Batch, noise: Batch, scores: AllScores, stream: Stream) -> Terms:
        terms = super().generator_terms(real, fake, noise, scores, stream)
        if self.data_conditions and self.augmented:
            mean, log_deviation = (fake[name][tf.newaxis] for name in MOMENTS)
            divergence = divergence_from_prior(mean, 2.0 * log_deviation)
            terms["divergence"] = self.divergence_weight * tf.reduce_mean(divergence)
        return terms


class StageOneModel(StageModel):
    """The first stage: G_1(z, c), enlarged."""

    @property
    def noise(self) -> dict[str, Noise]:
        return noise_of_stage_one(self.trained_generators)

    def draw(self, networks: Mapping[str, keras.Model], noise: Batch, conditions: Batch,
             run: Pass = INFERENCE) -> Batch:
        drawn = self._draw_small(networks, noise, conditions, run)
        return drawn | {name: enlarged(drawn[name], self.enlargement) for name in ("image", "canvases")}


class StageTwoModel(StageModel):
    """The second stage: G_2(G_1(z, c_1), c). The first one's networks are the frozen generators."""

    @property
    def noise(self) -> dict[str, Noise]:
        first = noise_of_stage_one(self.frozen_generators)
        return first | ({REFINER_AUGMENTATION: first[AUGMENTATION]} if self.data_conditions else {})

    def draw(self, networks: Mapping[str, keras.Model], noise: Batch, conditions: Batch,
             run: Pass = INFERENCE) -> Batch:
        small = self._draw_small(self.frozen_generators, noise, conditions, INFERENCE)
        drawn, moments = None, {}
        if conditions:
            drawn, moments = self._augmented(networks[REFINER_AUGMENTATION], noise[REFINER_AUGMENTATION], conditions)
        image = networks[REFINER](small["image"], condition=drawn, run=run)
        before = smoothly_enlarged(small["canvases"], self.enlargement)
        return {"image": image, "canvases": tf.concat([before, image[tf.newaxis]], axis=0)} | moments


def noise_of_stage_one(networks: Mapping[str, keras.Model]) -> dict[str, Noise]:
    """What the networks of the first stage draw from: z, and with a condition the noise of c."""
    entries = dict(networks["generator"].noise)
    return entries | {AUGMENTATION: networks[AUGMENTATION].noise} if AUGMENTATION in networks else entries


@dataclasses.dataclass(frozen=True)
class StackGan(Adversarial):
    """A generator of small images from texts, and one that refines them.

    `network` draws the first stage. Its width and its critic's normalisation are also used by the second stage and by
    both critics, whose architecture is the source's.
    """

    stage: int = setting(2, "1: the first stage alone; 2: the second one, after the first", at_least=1, at_most=2)
    stage_one: str = setting("", "run of the first stage; default: it is trained before, in the run's own folder",
                             path=True, safe_to_change=True)
    enlargement: int = setting(0, "how many times larger images of the second stage are, per side; a power of 2; 0: 4 "
                               "from 256x256 on, as in the paper, else 2", at_least=0)
    refiner_width: int = setting(0, "channels of the second stage's generator; 0: the network's width", at_least=0)
    stage_condition: str = setting(
        "embedding", "what images are asked to be: a text or another vector, a class, attributes, or nothing",
        choices=("embedding", "label", "attributes", "none"))
    generator_condition: str = setting(
        "joined", "how the first stage is asked: c is joined to its noise, or scale and offset of its batch "
        "normalisation depend on c", choices=("joined", "normalization"))
    condition_in_critic: str = setting(
        "joined", "how critics judge t: a convolution sees it along with the image's last map, or by a projection of "
        "their features", choices=("joined", "projection"))
    augmentation_size: int = setting(128, "numbers in c, which stands for the condition in the generators", at_least=1)
    conditioning_augmentation: bool = setting(True, "draw c; no: c is a linear map of the condition")
    augmentation_deviation: float = setting(
        1.0, "sigma of c before training; where it is small, the generator sees from the start what differs between "
        "texts", above=0)
    divergence_weight: float = setting(2.0 / 128.0, "w, weight of the augmentation's KL, a sum over c's numbers",
                                       at_least=0)
    mismatched: bool = setting(True, "show the critic real images that are not what they are said to be")

    generator_settings = ("enlargement", "stage_condition", "generator_condition", "augmentation_size",
                          "conditioning_augmentation")

    @property
    def condition_names(self) -> tuple[str, ...]:
        return () if self.stage_condition == "none" else (self.stage_condition,)

    @property
    def first_stage(self) -> FirstStage | None:
        return None if self.stage == 1 else FirstStage({"stage": 1, "stage_one": ""}, self.stage_one)

    @property
    def model_class(self) -> type[StageModel]:
        return StageOneModel if self.stage == 1 else StageTwoModel

    def unused(self, config: Assembly) -> dict[str, str]:
        unused = super().unused(config)
        if self.stage_condition == "none":
            unused |= dict.fromkeys(("generator_condition", "condition_in_critic", "augmentation_size",
                                     "conditioning_augmentation", "mismatched"),
                                    "with stage_condition=none there is no condition")
        if self.stage_condition == "none" or not self.conditioning_augmentation:
            unused |= dict.fromkeys(("divergence_weight", "augmentation_deviation"),
                                    "there is no conditioning augmentation")
        if self.stage == 1:
            unused |= {"stage_one": "it is the first stage of stage=2", "refiner_width": "stage=1 refines nothing"}
        else:
            unused |= dict.fromkeys(("earlier_canvases", "earlier_canvases_until"),
                                    "the second stage draws at once; train the first one by itself, with stage=1, and "
                                    "name its run by stage_one")
        if "critic_dropout" in config.network.settings():
            unused["critic_dropout"] = f"the critics of family={self.name} have none"
        return unused

    def check(self, config: Assembly) -> None:
        super().check(config)
        for kind, what in ((ConditionalNetwork, "a generator that can be asked for a condition"),
                           (NormalizedCritic, "a critic that may be normalised by the batch")):
            require(config.network, kind, f"family={self.name}", what)
        if self.enlargement and self.enlargement & (self.enlargement - 1):
            raise ValueError(f"enlargement={self.enlargement}: must be a power of 2")
        if self.stage == 2 and self.enlargement == 1:
            raise ValueError("enlargement=1 leaves nothing to refine; use stage=1, or a larger enlargement")

    def factor(self, spec: Spec) -> int:
        """How many times larger images of the second stage are, per side."""
        return self.enlargement or (4 if spec["image"].shape[0] >= _LARGE else 2)

    def build_generators(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        shape = spec["image"].shape
        small = small_shape(shape, self.factor(spec))
        if self.stage == 2:
            width = self.refiner_width or config.network.width
            refiner = Refiner(small, shape[0], width, _layers(config, REFINER))
            condition = tf.zeros([1, self.augmentation_size]) if self.condition_names else None
            refiner(tf.zeros([1, *small]), condition=condition)
            return {REFINER: refiner, **self._augmentation(config, spec, REFINER_AUGMENTATION)}
        conditioning = None
        if self.condition_names:
            conditioning = self._conditioning()
        generator = config.network.build_generator(small, config.seed, conditioning)
        return {"generator": generator, **self._augmentation(config, spec, AUGMENTATION)}

    def _conditioning(self) -> Conditioning:
        if self.generator_condition == "normalization":
            return Conditioning(self.augmentation_size, normalized=True)
        return Conditioning(codes={AUGMENTATION: augmentation_noise(self.augmentation_size)})

    def build_frozen_generators(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        """The built generators of the first stage."""
        if self.first_stage is None:
            return {}
        return dataclasses.replace(self, **self.first_stage.changes).build_generators(config, spec)

    def _augmentation(self, config: Assembly, spec: Spec, name: str) -> dict[str, keras.Model]:
        """The network of the conditioning augmentation by its name, if there is a condition."""
        networks = {}
        for entry in self.conditions(spec).values():
            size = entry.size
            networks[name] = ConditioningAugmentation(size, self.augmentation_size, _layers(config, name), name,
                                                      self.augmentation_deviation)
            networks[name](tf.zeros([1, size]))
        return networks

    def build_critics(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        shape = spec["image"].shape
        settings = {"reduction": self.factor(spec)} if self.stage == 1 else {"network": "refiner_critic"}
        for name, entry in self.conditions(spec).items():
            if self.condition_in_critic == "joined":
                return {CRITIC: build_text_critic(config.network, shape, config.seed, name, entry.size, **settings)}
            critic = build_stage_critic(config.network, shape, config.seed, **settings)
            initializers = WeightInitializers(config.network.critic_initializer, config.seed,
                                              f"projection_{self.stage}")
            return {CRITIC: ProjectionCritic(critic, name, entry.size, shape, initializers,
                                             config.network.spectral_normalization)}
        return {CRITIC: build_stage_critic(config.network, shape, config.seed, **settings)}

    def model_settings(self, spec: Spec) -> dict[str, Any]:
        return {"enlargement": self.factor(spec), "augmented": self.conditioning_augmentation,
                "divergence_weight": self.divergence_weight, "mismatched": self.mismatched,
                "classes": "label" if "label" in spec else None}


def _layers(config: Assembly, name: str) -> Layers:
    """Layers of the network `name`, which is normalised by the batch."""
    network = config.network
    return Layers(WeightInitializers(network.initializer, config.seed, name), kernel_size=4, batch_norm_steps=1,
                  synchronized=network.sync_batch_norm)
