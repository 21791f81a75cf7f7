"""--mode=gam: runs of one data set judge each other's samples."""

import dataclasses
import itertools
import pathlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from wirgan_tf import data, evaluation
from wirgan_tf.commands.common import (
    Drawing,
    RealData,
    check_data,
    num_samples_setting,
    restored,
    run_config,
    sample_seed_setting,
)
from wirgan_tf.commands.measuring import is_left_alone
from wirgan_tf.config import Config
from wirgan_tf.evaluation import REPORT_SEED
from wirgan_tf.files import append_lines
from wirgan_tf.models import Model
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.models.scoring import Scorer
from wirgan_tf.parts import setting
from wirgan_tf.tables import aligned
from wirgan_tf.training.restoring import CHECKPOINTS
from wirgan_tf.training.run_directory import RunDirectory

_IMAGES = 1000  # n of the paper
_RANKED_BY = evaluation.THRESHOLDS[0]

Batch = Mapping[str, np.ndarray]
"""Images [N, H, W, C] under the name `image`, with the other entries of the data."""
Outcomes = Mapping[str, evaluation.Battle]
"""A battle by the name of the critics' thresholds."""


@dataclasses.dataclass(frozen=True)
class Gam(Drawing, RealData):
    """Lets the critics of runs judge each other's samples: prints and keeps the battles, and ranks the runs."""

    run_dirs: tuple[str, ...] = setting((), "folder of a run; repeat the flag for each run: --run_dir=A --run_dir=B",
                                        flag="run_dir", path=True)
    checkpoint: str = setting("newest", "which of the runs' checkpoints", choices=tuple(CHECKPOINTS))
    num_samples: int = num_samples_setting(_IMAGES, "samples of each run, and images of each split")
    sample_seed: int = sample_seed_setting(REPORT_SEED)

    def run(self) -> None:
        pairs = evaluation.pairs(self.run_dirs)
        runs = {name: RunDirectory(pathlib.Path(name)) for name in self.run_dirs}
        configs = {name: run_config(run, self.data_dir) for name, run in runs.items()}
        _check_same_data(configs)
        sources = {split: _shared_data(configs, runs, split) for split in ("test", "train")}
        test = _some_examples(sources["test"], self.num_samples)
        contestants = {name: _contestant(self, name, **sources) for name in self.run_dirs}
        _check_conditions(contestants)
        battles = {pair: _battles(*(contestants[name] for name in pair), test) for pair in pairs}
        print(_battle_table(battles, len(test["image"]), self.num_samples))
        print(_comparable_table(battles))
        print(_ranking_table(evaluation.round_robin(
            self.run_dirs, {pair: by_threshold[_RANKED_BY] for pair, by_threshold in battles.items()})))
        protocol = {"num_samples": self.num_samples, "num_test": len(test["image"]), "seed": self.sample_seed}
        _keep(contestants, battles, protocol)


@dataclasses.dataclass(frozen=True)
class Contestant:
    """A run in the tournament: its critic, its samples, and the scores above which the critic takes images for real.

    asked, judged: names of the conditions that its samples were asked for, and of those its critic judges images by.
    thresholds: by their names in `evaluation.THRESHOLDS`; a critic that has one of its own uses it for all of them.
    """

    run: RunDirectory
    training_seed: int
    score: Scorer
    samples: Batch
    asked: Collection[str]
    judged: Collection[str]
    thresholds: Mapping[str, float]

    @property
    def name(self) -> str:
        return str(self.run.path)


def _contestant(command: Gam, name: str, test: data.Source, train: data.Source) -> Contestant:
    run, config, model = restored(name, command.checkpoint, command.data_dir)
    if model.critic is None:
        raise ValueError(f"{name} is a run of {config.model}, which has no critic; a battle needs two")
    samples = _draw(model, test, row_seeds(command.sample_seed, command.num_samples))
    own = dict.fromkeys(evaluation.THRESHOLDS, config.objective.decision_threshold)
    contestant = Contestant(run, config.seed, Scorer(model), samples, model.data_conditions, model.judged_conditions,
                            own)
    if config.objective.decision_threshold is not None:
        return contestant
    training = _some_examples(train, command.num_samples)
    found = evaluation.thresholds(_scores(contestant, training), _scores(contestant, samples))
    return dataclasses.replace(contestant, thresholds=found)


def _battles(a: Contestant, b: Contestant, test: Batch) -> Outcomes:
    """The outcome of the battle by each threshold."""
    of_a, of_b = ((_scores(mine, test), _scores(mine, other.samples)) for mine, other in ((a, b), (b, a)))
    return {name: evaluation.gam(evaluation.Verdicts(*of_a, a.thresholds[name]),
                                 evaluation.Verdicts(*of_b, b.thresholds[name])) for name in evaluation.THRESHOLDS}


def _draw(model: Model, source: data.Source, seeds: np.ndarray) -> Batch:
    """Samples, with all entries of the examples whose conditions they have: other critics may need more of these."""
    sampler = Sampler(model, data.conditions_of(source, model.data_conditions))
    others = data.conditions_of(source, [name for name in source.spec if name != "image"])
    return {"image": sampler.images(seeds), **others(seeds)}


def _scores(contestant: Contestant, batch: Batch) -> np.ndarray:
    return contestant.score.among(batch["image"], batch)


def _check_same_data(configs: Mapping[str, Config]) -> None:
    if len({config.dataset for config in configs.values()}) > 1:
        listed = ", ".join(f"{name}: {config.dataset}" for name, config in configs.items())
        raise ValueError(f"runs of one data set can judge each other's samples; these are of several: {listed}")


def _check_conditions(contestants: Mapping[str, Contestant]) -> None:
    """Raises `ValueError` for a critic that would judge samples by conditions that they were never asked for."""
    for critic, rival in itertools.permutations(contestants.values(), 2):
        if lacking := [name for name in critic.judged if name not in rival.asked]:
            raise ValueError(f"the critic of {critic.name} judges images by their {' and '.join(lacking)}, which "
                             f"samples of {rival.name} cannot be asked for; only runs with the same conditions can "
                             "battle")


def _shared_data(configs: Mapping[str, Config], runs: Mapping[str, RunDirectory], split: str) -> data.Source:
    """The split of the first run's data. Raises `ValueError` when it is not that of all of them."""
    first, *_ = configs.values()
    source = data.load(first.data, split, first.validation_share)
    for name, run in runs.items():
        check_data(source, split, run.load_identity(), f"the run in {name}")
    return source


def _some_examples(source: data.Source, count: int) -> Batch:
    batches = list(evaluation.some_real_examples(source, min(count, source.size)))
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


def _keep(contestants: Mapping[str, Contestant], battles: Mapping[tuple[str, str], Outcomes],
          protocol: Mapping[str, Any]) -> None:
    """Adds to each run the battles that it was in."""
    for name, contestant in contestants.items():
        if not is_left_alone(contestant.run):
            append_lines(contestant.run.battles_file, [
                {"a": contestants[a].name, "b": contestants[b].name, "threshold": threshold, **battle._asdict(),
                 **protocol, "thresholds": [contestants[each].thresholds[threshold] for each in (a, b)],
                 "training_seeds": [contestants[each].training_seed for each in (a, b)]}
                for (a, b), by_threshold in battles.items() if name in (a, b)
                for threshold, battle in by_threshold.items()])


def _battle_table(battles: Mapping[tuple[str, str], Outcomes], num_test: int, num_samples: int) -> str:
    rows = [("a", "b", "threshold", "r_test", "r_sample", "95 %", "winner", "of accuracies: r_test", "r_sample",
             "winner", f"test errors of {num_test}", f"sample errors of {num_samples}")]
    for (a, b), by_threshold in battles.items():
        sides = {"a": a, "b": b, "": "none"}
        for threshold, battle in by_threshold.items():
            rows.append((a, b, threshold, f"{battle.r_test:.3f}", f"{battle.r_sample:.3f}",
                         "{:.2f} to {:.2f}".format(*battle.interval),
                         sides[battle.winner] + (" (a count of 0, smoothed)" if battle.smoothed else ""),
                         f"{battle.r_test_of_accuracies:.3f}", f"{battle.r_sample_of_accuracies:.3f}",
                         sides[battle.winner_of_accuracies], "{} {}".format(*battle.test_errors),
                         "{} {}".format(*battle.sample_errors)))
    return aligned(rows)


def _comparable_table(battles: Mapping[tuple[str, str], Outcomes]) -> str:
    """In how many battles the critics are equally good on test images, by form and threshold; in the paper, all."""
    rows = [("threshold", "r_test within (0.85, 1.1), of errors", "of accuracies")]
    for threshold in evaluation.THRESHOLDS:
        found = [by_threshold[threshold] for by_threshold in battles.values()]
        counts = [sum(evaluation.comparable(ratio) for ratio in ratios) for ratios in (
            [battle.r_test for battle in found], [battle.r_test_of_accuracies for battle in found])]
        rows.append((threshold, *(f"{count} of {len(found)}" for count in counts)))
    return aligned(rows)


def _ranking_table(places: Sequence[evaluation.Place]) -> str:
    rows = [("place", "run", "won", "lost", "no verdict", "mean r_sample in its favour")]
    rows += [(str(number), place.name, str(place.wins), str(place.losses), str(place.undecided),
              f"{place.advantage:.3f}") for number, place in enumerate(places, 1)]
    return aligned(rows)
