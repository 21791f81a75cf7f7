"""The experiment of Figure 4: a critic against real data plus noise."""

import math

import numpy as np
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.models.adversarial_model import AdversarialModel
from wirgan_tf.models.family import precision
from wirgan_tf.models.model import Logs
from wirgan_tf.models.side import Side
from wirgan_tf.networks.generator import Batch, Generator
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.noise import Noise

DEVIATION = 1.0  # Gulrajani et al. 2017 (gan_toy.py) with a fixed generator: the data is about as wide


class NoisyData(Generator):
    """G(z) = x_i + DEVIATION (z_2, z_3), where i is the quantile of z_1: a generator with nothing to learn.

    Args:
      points: float32 [N, 2], real.
    """

    noise = {"z": Noise((3,), "normal")}  # noqa: RUF012  one number to choose the point by, two to move it
    independent_samples = True

    def __init__(self, points: np.ndarray):
        super().__init__(name="generator")
        self.points = tf.constant(points)
        self.built = True

    def draw(self, noise: Batch, run: Pass = INFERENCE) -> Batch:
        """Points [B, 2] for z ~ N(0, 1), [B, 3]."""
        del run
        z = noise["z"]
        quantiles = (1.0 + tf.math.erf(z[:, 0] / math.sqrt(2.0))) / 2.0
        size = len(self.points)
        chosen = tf.minimum(tf.cast(quantiles * size, tf.int32), size - 1)
        return {"image": tf.gather(self.points, chosen) + DEVIATION * z[:, 1:]}


class CriticAloneModel(AdversarialModel):
    """An adversarial model whose generator stays as it is; an update is one of the critic."""

    def update_generators(self, real: Batch, critic_accuracy: tf.Tensor) -> Logs:
        """Counts the update, for noise and progress."""
        del real, critic_accuracy
        self.generators.optimizer.iterations.assign_add(1)
        return {}


def build_critic_alone(config: Config, points: np.ndarray) -> CriticAloneModel:
    """The critic of `config` against noisy `points`, float32 [N, 2]; each update is one of the critic."""
    rate = config.learning_rate_decay.schedule(config.family.critic_learning_rate, config.iterations)
    with precision(config.mixed_precision):
        critic = config.network.build_critic(points.shape[1:], config.seed)
    critics = Side({"critic": critic}, config.optimizer.build(rate))
    generators = Side({"generator": NoisyData(points)}, config.optimizer.build(rate))
    model = CriticAloneModel(generators, critics, config.objective, config.penalty, critic_updates=1, seed=config.seed,
                             halving=config.learning_rate_decay.halving([critics.optimizer]))
    model.compile(jit_compile=config.jit_compile)
    return model
