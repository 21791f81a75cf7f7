"""The two experiments, each a function from a config to what came of it."""

import dataclasses
import math
import sys
import time
from collections.abc import Callable

import numpy as np
import tensorflow as tf
import tqdm

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.models import AdversarialModel, build_model
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.toy.noisy_data import NoisyData
from wirgan_tf.training.loop import Logs, TrainingDivergedError

Update = Callable[[tf.Tensor, tf.Tensor], Logs]
"""(its number, images [n_D, B, 2]) -> scalars."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What an experiment leaves to be measured and drawn.

    experiment: its name.
    config: of the model.
    model: trained.
    real: held-out points, float32 [N, 2].
    generated: as many samples, float32 [N, 2].
    seconds: of training, with the tracing of the first update.
    """

    experiment: str
    config: Config
    model: AdversarialModel
    real: np.ndarray
    generated: np.ndarray
    seconds: float


def critic_alone(config: Config, num_samples: int) -> Outcome:
    """Experiment 1 (Figure 4): the generator is real data plus noise; the critic makes `config.iterations` updates.

    Raises: `TrainingDivergedError` for losses that are not finite.
    """
    config = dataclasses.replace(config, time_steps=1, critic_updates=1, noise="normal", generator_average=0.0)
    examples = data.load(config, "train")
    model = build_model(config, examples.shape)
    model.generator = NoisyData(examples.images)
    update_critic = tf.function(model.update_critic)
    return _trained("critic_alone", config, model, examples,
                    lambda number, images: update_critic(number, images[0]), num_samples)


def both_players(config: Config, num_samples: int) -> Outcome:
    """Experiment 2 (Figures 5 and 6): both players train, for `config.iterations` generator updates.

    Raises: `TrainingDivergedError` for losses that are not finite.
    """
    examples = data.load(config, "train")
    model = build_model(config, examples.shape)
    train_step = tf.function(model.train_step, jit_compile=config.jit_compile or None)
    return _trained("both_players", config, model, examples,
                    lambda number, images: train_step({"image": images}), num_samples)


def _trained(experiment: str, config: Config, model: AdversarialModel, examples: data.Source, update: Update,
             num_samples: int) -> Outcome:
    held_out = data.load(config, "test").images
    if num_samples > len(held_out):
        raise ValueError(f"--num_samples={num_samples}: there are {len(held_out)} held-out points to compare with")
    held_out = held_out[:num_samples]
    batches = iter(data.training_batches(examples, batch_size=config.batch_size, critic_updates=config.critic_updates,
                                         seed=config.seed))
    bar = tqdm.trange(config.iterations, unit="update", desc=f"{config.model}, {config.dataset}", dynamic_ncols=True,
                      mininterval=0.5 if sys.stderr.isatty() else 30.0)
    began = time.perf_counter()
    for number in bar:
        for name, value in update(tf.constant(number, tf.int64), next(batches)["image"]).items():
            if not math.isfinite(float(value)):
                raise TrainingDivergedError(f"{name} is {float(value)} at update {number + 1} of {config.model} on "
                                            f"{config.dataset}")
    seconds = time.perf_counter() - began
    generated = Sampler(model.sampler, config.noise).images(row_seeds(0, len(held_out)))
    return Outcome(experiment, config, model, held_out, generated, seconds)


Experiment = Callable[[Config, int], Outcome]
"""(config, samples to draw) -> outcome."""
