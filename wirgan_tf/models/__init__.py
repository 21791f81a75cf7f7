"""Models: networks with the data flow that trains them."""

import functools
from collections.abc import Callable
from types import ModuleType

import keras

from wirgan_tf.config import Config
from wirgan_tf.models.adversarial import AdversarialModel
from wirgan_tf.models.autoencoder import Autoencoder
from wirgan_tf.models.averaging import GeneratorAverage
from wirgan_tf.models.balance import Balance
from wirgan_tf.models.denoising import DenoisingVariationalAutoencoder
from wirgan_tf.models.likelihood import LikelihoodModel
from wirgan_tf.models.model import Logs, Model
from wirgan_tf.models.schedules import HalvingOnStall, LinearDecay
from wirgan_tf.models.variational import VariationalAutoencoder
from wirgan_tf.networks import NETWORKS
from wirgan_tf.networks.autoencoder import AutoencoderCritic
from wirgan_tf.objectives import OBJECTIVES, Objective, build_objective, build_penalty
from wirgan_tf.registry import Registry

LIKELIHOODS: Registry[Callable[[Config], Callable[..., LikelihoodModel]]] = Registry("likelihood", {
    "reconstruction": lambda config: Autoencoder,
    "evidence_lower_bound": lambda config: VariationalAutoencoder,
    "denoising_evidence_lower_bound":
        lambda config: functools.partial(DenoisingVariationalAutoencoder, corruption=config.corruption),
})


def build_model(config: Config, shape: tuple[int, ...]) -> Model:
    """The compiled model of `config` for images or points of `shape`, its weights a function of `config.seed`.

    Raises: `ValueError` for parts that do not go together, naming what would.
    """
    return _BUILDERS[config.objective](config, shape)


def build_adversarial_model(config: Config, shape: tuple[int, ...]) -> AdversarialModel:
    """A generator and a critic. Raises `ValueError` for parts that do not go together, naming what would."""
    objective = build_objective(config)
    critic = _network_with("build_critic", config).build_critic(config, shape)
    _check_parts(config, objective, critic)
    balance = None
    if config.critic_skip_above < 1.0 or config.generator_skip_below > 0.0:
        balance = Balance(config.critic_skip_above, config.generator_skip_below)
    model = AdversarialModel(
        NETWORKS[config.network].build_generator(config, shape), critic, objective, build_penalty(config),
        critic_updates=config.critic_updates, noise=config.noise, seed=config.seed, average=_average(config, shape),
        balance=balance)
    optimizers = (build_optimizer(config, config.generator_learning_rate, config.iterations),
                  build_optimizer(config, config.critic_learning_rate, config.iterations * config.critic_updates))
    halving = HalvingOnStall(config.stall_patience, optimizers) if config.learning_rate_decay == "on_stall" else None
    model.compile(*optimizers, halving, jit_compile=config.jit_compile)
    return model


def build_likelihood_model(config: Config, shape: tuple[int, ...]) -> LikelihoodModel:
    """A generator and an encoder. Raises `ValueError` for parts that do not go together, naming what would."""
    network = _network_with("build_encoder", config)
    _refuse_critic(config)
    _refuse_on_stall(config)
    model = LIKELIHOODS[config.objective](config)(
        network.build_generator(config, shape), network.build_encoder(config, shape), seed=config.seed,
        average=_average(config, shape))
    if config.noise != model.noise:
        raise ValueError(f"--noise={config.noise}: --objective={config.objective} takes z of another distribution; "
                         f"use --noise={model.noise}")
    model.compile(build_optimizer(config, config.generator_learning_rate, config.iterations),
                  jit_compile=config.jit_compile)
    return model


_BUILDERS: Registry[Callable[[Config, tuple[int, ...]], Model]] = Registry("objective", {
    **dict.fromkeys(OBJECTIVES, build_adversarial_model), **dict.fromkeys(LIKELIHOODS, build_likelihood_model)})


def _average(config: Config, shape: tuple[int, ...]) -> GeneratorAverage | None:
    if config.generator_average == 0.0:
        return None
    return GeneratorAverage(NETWORKS[config.network].build_generator(config, shape), config.generator_average)


def _network_with(builder: str, config: Config) -> ModuleType:
    """The network of `config`, refused when it lacks the part that the objective needs."""
    network = NETWORKS[config.network]
    if not hasattr(network, builder):
        able = [name for name, other in NETWORKS.items() if hasattr(other, builder)]
        raise ValueError(f"--objective={config.objective} needs a network with {builder.removeprefix('build_')}, which "
                         f"--network={config.network} does not have; those that do are: {', '.join(able)}")
    return network


_WITHOUT_CRITIC = {
    "critic_updates": 1, "penalty": "none", "critic_normalization": "none", "critic_dropout": 0.0,
    "critic_initializer": Config.critic_initializer, "critic_learning_rate": Config.critic_learning_rate,
    "critic_skip_above": 1.0, "generator_skip_below": 0.0,
}


def _refuse_critic(config: Config) -> None:
    """Raises `ValueError` for settings of a critic, which a likelihood does without."""
    for name, value in _WITHOUT_CRITIC.items():
        if getattr(config, name) != value:
            raise ValueError(f"--{name}={getattr(config, name)}: --objective={config.objective} has no critic; use "
                             f"--{name}={value}")


def _check_parts(config: Config, objective: Objective, critic: keras.Model) -> None:
    if (objective.of_energies or objective.needs_codes) and not isinstance(critic, AutoencoderCritic):
        able = [name for name, network in NETWORKS.items() if getattr(network, "CRITIC_IS_AUTOENCODER", False)]
        raise ValueError(f"--objective={config.objective} needs a critic that is an autoencoder, which that of "
                         f"--network={config.network} is not; the networks with such a critic are: {', '.join(able)}")
    if "convergence" not in objective.state:
        _refuse_on_stall(config)


def _refuse_on_stall(config: Config) -> None:
    if config.learning_rate_decay == "on_stall":
        raise ValueError(f"--learning_rate_decay=on_stall watches a measure of convergence, which --objective="
                         f"{config.objective} does not have; use --objective=began")


def build_optimizer(config: Config, learning_rate: float, updates: int) -> keras.optimizers.Optimizer:
    """The optimizer of one player, which makes `updates` updates in the run."""
    if config.learning_rate_decay == "linear":
        learning_rate = LinearDecay(learning_rate, updates)
    if config.learning_rate_decay == "linear_throughout":
        learning_rate = LinearDecay(learning_rate, updates, constant_share=0.0)
    if config.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(learning_rate)
    return keras.optimizers.Adam(learning_rate, config.beta_1, config.beta_2)


__all__ = ["LIKELIHOODS", "AdversarialModel", "GeneratorAverage", "LikelihoodModel", "Logs", "Model", "build_model",
           "build_optimizer"]
