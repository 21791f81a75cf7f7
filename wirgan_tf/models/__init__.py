"""Models: a generator and a critic with the data flow that trains them."""

import keras

from wirgan_tf.config import Config
from wirgan_tf.models.adversarial import AdversarialModel
from wirgan_tf.models.averaging import GeneratorAverage
from wirgan_tf.models.balance import Balance
from wirgan_tf.models.schedules import HalvingOnStall, LinearDecay
from wirgan_tf.networks import NETWORKS
from wirgan_tf.objectives import Objective, build_objective, build_penalty


def build_model(config: Config, shape: tuple[int, ...]) -> AdversarialModel:
    """The compiled model of `config` for images or points of `shape`, its weights a function of `config.seed`.

    Raises: `ValueError` for parts that do not go together, naming what would.
    """
    network, objective = NETWORKS[config.network], build_objective(config)
    critic = network.build_critic(config, shape)
    _check_parts(config, objective, critic)
    average = None
    if config.generator_average > 0.0:
        average = GeneratorAverage(network.build_generator(config, shape), config.generator_average)
    balance = None
    if config.critic_skip_above < 1.0 or config.generator_skip_below > 0.0:
        balance = Balance(config.critic_skip_above, config.generator_skip_below)
    model = AdversarialModel(
        network.build_generator(config, shape), critic, objective, build_penalty(config),
        critic_updates=config.critic_updates, noise=config.noise, seed=config.seed, average=average, balance=balance)
    optimizers = (build_optimizer(config, config.generator_learning_rate, config.iterations),
                  build_optimizer(config, config.critic_learning_rate, config.iterations * config.critic_updates))
    halving = HalvingOnStall(config.stall_patience, optimizers) if config.learning_rate_decay == "on_stall" else None
    model.compile(*optimizers, halving, jit_compile=config.jit_compile)
    return model


def _check_parts(config: Config, objective: Objective, critic: keras.Model) -> None:
    if objective.needs_codes and not hasattr(critic, "scores_and_codes"):
        able = [name for name, network in NETWORKS.items() if getattr(network, "CRITIC_HAS_CODES", False)]
        raise ValueError(f"--objective={config.objective} needs codes of the critic, which --network={config.network} "
                         f"does not give; the networks that do are: {', '.join(able)}. Or use --pulling_away_weight=0")
    if config.learning_rate_decay == "on_stall" and "convergence" not in objective.state:
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


__all__ = ["AdversarialModel", "GeneratorAverage", "build_model", "build_optimizer"]
