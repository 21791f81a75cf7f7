"""The two experiments, each a function from a config to its outcome."""

import dataclasses
import sys
import time
from collections.abc import Callable

import numpy as np
import tqdm

from wirgan_tf import data
from wirgan_tf.config import Config
from wirgan_tf.models import AdversarialModel, build_model
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.toy.critic_alone import build_critic_alone
from wirgan_tf.training.updates import updates


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What an experiment leaves to be measured and drawn.

    experiment: its name.
    config: of the model.
    model: trained.
    real: held-out points, float32 [N, 2].
    generated: as many samples, float32 [N, 2].
    seconds: of training, including the tracing of the first update.
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
    config = config.replace(time_steps=1, critic_updates=1, generator_average=0.0)
    examples = data.load(config.data, "train")
    return _trained("critic_alone", config, build_critic_alone(config, examples.images), examples, num_samples)


def both_players(config: Config, num_samples: int) -> Outcome:
    """Experiment 2 (Figures 5 and 6): both players train, for `config.iterations` generator updates.

    Raises: `TrainingDivergedError` for losses that are not finite.
    """
    examples = data.load(config.data, "train")
    return _trained("both_players", config, build_model(config, examples.spec), examples, num_samples)


def _trained(experiment: str, config: Config, model: AdversarialModel, examples: data.Source,
             num_samples: int) -> Outcome:
    held_out = data.load(config.data, "test").images
    if num_samples > len(held_out):
        raise ValueError(f"num_samples={num_samples}: there are {len(held_out)} held-out points to compare with")
    held_out = held_out[:num_samples]
    began = time.perf_counter()
    for _ in tqdm.tqdm(updates(config, model, examples), total=config.iterations, unit="update", dynamic_ncols=True,
                       desc=f"{config.model}, {config.dataset}", mininterval=0.5 if sys.stderr.isatty() else 30.0):
        pass
    seconds = time.perf_counter() - began
    return Outcome(experiment, config, model, held_out, Sampler(model).images(row_seeds(0, len(held_out))), seconds)


OF_GENERATORS = frozenset((
    "canvas", "critic_skip_above", "critic_updates", "earlier_canvases", "earlier_canvases_until", "encoder_activation",
    "generator_average", "generator_learning_rate", "generator_skip_below", "initializer", "latent", "noise",
    "noise_layer", "recompute", "time_steps"))
"""Settings that `critic_alone` has no use for: it has no generator to train, and its updates are the critic's."""

OF_RUN_FOLDERS = frozenset((
    "checkpoint_every", "eval_every", "export_every", "keep_checkpoints", "sample_every", "validation_share"))
"""Settings of a run that no experiment has a use for: an experiment is kept in no folder, and holds nothing out."""

Experiment = Callable[[Config, int], Outcome]
"""(config, samples to draw) -> outcome."""
