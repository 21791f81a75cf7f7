"""The family of unconditional adversarial models: a generator of z, a critic of an image (Goodfellow et al. 2014)."""

import dataclasses
from typing import Any, ClassVar

import keras

from wirgan_tf.entries import Spec
from wirgan_tf.models.adversarial_model import AdversarialModel
from wirgan_tf.models.balance import Balance
from wirgan_tf.models.earlier_canvases import EarlierCanvases
from wirgan_tf.models.family import Family, require
from wirgan_tf.models.side import Side
from wirgan_tf.networks import AutoencoderNetwork, CriticNetwork, Network
from wirgan_tf.parts import Assembly, setting


@dataclasses.dataclass(frozen=True)
class Adversarial(Family):
    """A generator and a critic that train against each other.

    model_class: the class of the models that are built.
    network_class, network_has: the class that a network must have, and what such a network has, in words.
    """

    critic_updates: int = setting(5, "n_D, critic updates in each generator update", at_least=1)
    critic_learning_rate: float = setting(1e-4, "the critic's learning rate", above=0)
    critic_skip_above: float = setting(
        1.0, "skip the critic's update when it scores the real image higher in more than this share of all pairs of a "
        "real and a generated image; 1: never", at_least=0, at_most=1)
    generator_skip_below: float = setting(
        0.0, "skip the generator's update when the critic scores the real image higher in less than this share of all "
        "pairs of a real and a generated image; 0: never", at_least=0, at_most=1)
    earlier_canvases: float = setting(
        0.0, "share of the generated images that are judged as they stood after an earlier time step, drawn at random",
        at_least=0, below=1)
    earlier_canvases_until: int = setting(0, "updates after which that share has fallen to 0; 0: it does not fall",
                                          at_least=0)

    axes = ("objective", "penalty")
    model_class: ClassVar[type[AdversarialModel]] = AdversarialModel
    network_class: ClassVar[type[Network]] = CriticNetwork
    network_has: ClassVar[str] = "a generator of noise and a critic"

    @property
    def batches(self) -> int:
        """n_D: one for each critic update."""
        return self.critic_updates

    def check(self, config: Assembly) -> None:
        """Raises `ValueError` for parts that do not go together; the message names what would."""
        if self.generator_skip_below > self.critic_skip_above:
            raise ValueError(f"generator_skip_below={self.generator_skip_below} is above critic_skip_above="
                             f"{self.critic_skip_above}: between them neither player would be updated; lower it")
        require(config.network, self.network_class, f"family={self.name}", self.network_has)
        objective = config.objective
        if objective.of_energies or objective.needs_features:
            require(config.network, AutoencoderNetwork, f"objective={objective.name}",
                    "a critic that is an autoencoder")

    def unused(self, config: Assembly) -> dict[str, str]:
        unused = super().unused(config)
        if config.network.time_steps == 1:
            unused |= dict.fromkeys(("earlier_canvases", "earlier_canvases_until"), "with time_steps=1 there is no "
                                    "earlier canvas")
            unused["canvas"] = "with time_steps=1 there is one canvas"
        elif not self.earlier_canvases:
            unused["earlier_canvases_until"] = "with earlier_canvases=0 no share falls"
        return unused

    def build_generators(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        return {"generator": config.network.build_generator(tuple(spec["image"].shape), config.seed)}

    def build_critics(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        """The built networks that judge, by name."""
        return {"critic": config.network.build_critic(tuple(spec["image"].shape), config.seed)}

    def build_frozen_generators(self, config: Assembly, spec: Spec) -> dict[str, keras.Model]:
        """The built networks that draw but are not trained, by name: those of an earlier stage."""
        del config, spec
        return {}

    def model_settings(self, spec: Spec) -> dict[str, Any]:
        """Further arguments of the family's models for data of `spec`."""
        del spec
        return {}

    def build(self, config: Assembly, spec: Spec) -> AdversarialModel:
        conditions, decay = self.conditions(spec), config.learning_rate_decay
        critic_optimizer = config.optimizer.build(
            decay.schedule(self.critic_learning_rate, config.iterations * self.critic_updates))
        generator_optimizer = config.optimizer.build(decay.schedule(self.generator_learning_rate, config.iterations))
        critics = Side(self.build_critics(config, spec), critic_optimizer)
        generators = Side(self.build_generators(config, spec), generator_optimizer)
        balance = None
        if self.critic_skip_above < 1.0 or self.generator_skip_below > 0.0:
            balance = Balance(self.critic_skip_above, self.generator_skip_below)
        earlier_canvases = None
        if self.earlier_canvases and "earlier_canvases" not in self.unused(config):
            earlier_canvases = EarlierCanvases(self.earlier_canvases, self.earlier_canvases_until)
        model = self.model_class(
            generators, critics, config.objective, config.penalty, critic_updates=self.critic_updates,
            seed=config.seed, average=self.build_average(config, spec), balance=balance,
            halving=decay.halving([generator_optimizer, critic_optimizer]), earlier_canvases=earlier_canvases,
            data_conditions=conditions,
            frozen_generators=self.build_frozen_generators(config, spec), **self.model_settings(spec))
        model.compile(jit_compile=config.jit_compile)
        return model
