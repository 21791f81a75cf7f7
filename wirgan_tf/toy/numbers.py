"""The results of experiments in numbers: a JSON line and a row of a table each."""

import dataclasses
import pathlib
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from wirgan_tf.data.points import GAUSSIANS_8, GAUSSIANS_25
from wirgan_tf.evaluation import mode_coverage, nearest_distances
from wirgan_tf.files import append_lines
from wirgan_tf.objectives.penalties import gradient_norms
from wirgan_tf.tables import aligned
from wirgan_tf.toy.experiments import Outcome

MIXTURES = {"gaussians_8": GAUSSIANS_8, "gaussians_25": GAUSSIANS_25}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Numbers:
    """An experiment's numbers, with the protocol by which they were obtained.

    covered, modes, good_share, rarest_share: of `mode_coverage`; None for the Swiss roll, which has no modes.
    to_real, from_real: of `nearest_distances`, to as many held-out points.
    All six are None for the critic alone, whose generated points are data with noise.
    slope: mean norm of the critic's gradient at held-out and at generated points.
    """

    experiment: str
    model: str
    dataset: str
    time_steps: int
    objective: str
    penalty: str
    updates: int
    seed: int
    num_samples: int
    seconds: float
    covered: int | None
    modes: int | None
    good_share: float | None
    rarest_share: float | None
    to_real: float | None
    from_real: float | None
    slope: float


def measure(outcome: Outcome) -> Numbers:
    """The numbers of `outcome`."""
    config = outcome.config
    found = dict.fromkeys(("covered", "modes", "good_share", "rarest_share", "to_real", "from_real"))
    if outcome.experiment != "critic_alone":
        found |= nearest_distances(outcome.real, outcome.generated)._asdict()
        if config.dataset in MIXTURES:
            mixture = MIXTURES[config.dataset]
            found |= mode_coverage(outcome.generated, mixture.centres, mixture.sigma)._asdict()
    return Numbers(
        experiment=outcome.experiment, model=config.model, dataset=config.dataset, time_steps=config.network.time_steps,
        objective=config.objective.name, penalty=config.penalty.name, updates=config.iterations, seed=config.seed,
        num_samples=len(outcome.generated), seconds=round(outcome.seconds, 1), slope=_slope(outcome), **found)


def _slope(outcome: Outcome) -> float:
    points = tf.constant(np.concatenate([outcome.real, outcome.generated]))
    with tf.GradientTape() as tape:
        tape.watch(points)
        scores = outcome.model.critic(points)
    return float(tf.reduce_mean(gradient_norms(tape.gradient(scores, points))))


def append(numbers: Numbers, path: pathlib.Path) -> None:
    """Appends the numbers as a line of JSON to the file `path`. Raises `OSError`, as when the disk is full."""
    append_lines(path, [dataclasses.asdict(numbers)])


def table(results: Sequence[Numbers]) -> str:
    """The numbers for a terminal, a row each."""
    names = ("experiment", "model", "objective", "penalty", "dataset", "T", "modes", "good", "rarest", "to real",
             "from real", "slope", "seconds")
    return aligned([names, *(_row(numbers) for numbers in results)])


def _row(numbers: Numbers) -> tuple[str, ...]:
    return (numbers.experiment, numbers.model, numbers.objective, numbers.penalty, numbers.dataset,
            str(numbers.time_steps), "" if numbers.modes is None else f"{numbers.covered}/{numbers.modes}",
            _shown(numbers.good_share, ".1%"), _shown(numbers.rarest_share, ".2f"), _shown(numbers.to_real, ".4f"),
            _shown(numbers.from_real, ".4f"), f"{numbers.slope:.3g}", f"{numbers.seconds:.0f}")


def _shown(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)
