"""Models: a generator and a critic with the data flow that trains them."""

import keras

from wirgan_tf.config import Config
from wirgan_tf.models.adversarial import AdversarialModel
from wirgan_tf.models.averaging import GeneratorAverage
from wirgan_tf.models.schedules import LinearDecay
from wirgan_tf.networks import NETWORKS
from wirgan_tf.objectives import OBJECTIVES, build_penalty


def build_model(config: Config, shape: tuple[int, ...]) -> AdversarialModel:
    """The compiled model of `config` for images or points of `shape`, its weights a function of `config.seed`."""
    network = NETWORKS[config.network]
    average = None
    if config.generator_average > 0.0:
        average = GeneratorAverage(network.build_generator(config, shape), config.generator_average)
    model = AdversarialModel(
        network.build_generator(config, shape), network.build_critic(config, shape), OBJECTIVES[config.objective](),
        build_penalty(config), critic_updates=config.critic_updates, noise=config.noise, seed=config.seed,
        average=average)
    model.compile(
        build_optimizer(config, config.generator_learning_rate, config.iterations),
        build_optimizer(config, config.critic_learning_rate, config.iterations * config.critic_updates),
        jit_compile=config.jit_compile)
    return model


def build_optimizer(config: Config, learning_rate: float, updates: int) -> keras.optimizers.Optimizer:
    """The optimizer of one player, which makes `updates` updates in the run."""
    if config.learning_rate_decay == "linear":
        learning_rate = LinearDecay(learning_rate, updates)
    if config.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(learning_rate)
    return keras.optimizers.Adam(learning_rate, config.beta_1, config.beta_2)


__all__ = ["AdversarialModel", "GeneratorAverage", "build_model", "build_optimizer"]
