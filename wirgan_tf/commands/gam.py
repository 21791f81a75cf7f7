"""--mode=gam: runs of one data set judge each other's samples."""

import dataclasses
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wirgan_tf import data, evaluation
from wirgan_tf.commands.common import (
    Drawing,
    RealData,
    check_data,
    is_left_alone,
    num_samples_setting,
    restored,
    run_config,
    sample_seed_setting,
)
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

Batch = Mapping[str, np.ndarray]
"""Images [N, H, W, C] under the name `image`, with the other entries of the data."""


@dataclasses.dataclass(frozen=True)
class Gam(Drawing, RealData):
    """Lets the critics of runs judge each other's samples: prints and keeps the battles, and ranks the runs."""

    run_dirs: tuple[str, ...] = setting((), "folder of a run; to be given for each: --run_dir=A --run_dir=B",
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
        battles = {}
        for pair in pairs:
            a, b = (contestants[name] for name in pair)
            battles[pair] = evaluation.gam(
                evaluation.Verdicts(_scores(a, test), _scores(a, b.samples), a.threshold),
                evaluation.Verdicts(_scores(b, test), _scores(b, a.samples), b.threshold))
        print(_battle_table(battles, len(test["image"]), self.num_samples))
        print(_ranking_table(evaluation.round_robin(self.run_dirs, battles)))
        protocol = {"num_samples": self.num_samples, "num_test": len(test["image"]), "seed": self.sample_seed}
        _keep(contestants, battles, protocol)


@dataclasses.dataclass(frozen=True)
class Contestant:
    """A run in the tournament: its critic, its samples, and the score above which the critic takes images for real."""

    run: RunDirectory
    score: Scorer
    samples: Batch
    threshold: float

    @property
    def name(self) -> str:
        return str(self.run.path)


def _contestant(command: Gam, name: str, test: data.Source, train: data.Source) -> Contestant:
    run, config, model = restored(name, command.checkpoint, command.data_dir)
    if model.critic is None:
        raise ValueError(f"{name} is a run of {config.model}, which has no critic; a battle needs two")
    samples = _draw(model, test, row_seeds(command.sample_seed, command.num_samples))
    contestant = Contestant(run, Scorer(model), samples, config.objective.decision_threshold)
    if contestant.threshold is not None:
        return contestant
    training = _some_examples(train, command.num_samples)
    threshold = evaluation.midpoint_threshold(_scores(contestant, training), _scores(contestant, samples))
    return dataclasses.replace(contestant, threshold=threshold)


def _draw(model: Model, source: data.Source, seeds: np.ndarray) -> Batch:
    """Samples, with all that the examples say whose conditions they have: other critics may ask for more of it."""
    sampler = Sampler(model, data.conditions_of(source, model.data_conditions))
    others = data.conditions_of(source, [name for name in source.spec if name != "image"])
    return {"image": sampler.images(seeds), **others(seeds)}


def _scores(contestant: Contestant, batch: Batch) -> np.ndarray:
    return contestant.score.among(batch["image"], batch)


def _check_same_data(configs: Mapping[str, Config]) -> None:
    datasets = {name: _described(config) for name, config in configs.items()}
    if len(set(datasets.values())) > 1:
        listed = ", ".join(f"{name}: {dataset}" for name, dataset in datasets.items())
        raise ValueError(f"runs of one data set can judge each other's samples; these are of several: {listed}")


def _shared_data(configs: Mapping[str, Config], runs: Mapping[str, RunDirectory], split: str) -> data.Source:
    """The split of the first run's data. Raises `ValueError` when it is not that of all of them."""
    first, *_ = configs.values()
    source = data.load(first.data, split, first.validation_share)
    for name, run in runs.items():
        check_data(source, split, run.load_identity(), f"the run in {name}")
    return source


def _described(config: Config) -> str:
    """The data set of a run and its settings, wherever it is."""
    settings = [f"{name}={value}" for name, value in config.data.settings().items() if name != "data_dir" and value]
    return " ".join([config.dataset, *settings])


def _some_examples(source: data.Source, count: int) -> Batch:
    batches = list(evaluation.some_real_examples(source, min(count, source.size)))
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}


def _keep(contestants: Mapping[str, Contestant], battles: Mapping[tuple[str, str], evaluation.Battle],
          protocol: Mapping[str, Any]) -> None:
    """Adds to each run the battles that it was in."""
    for name, contestant in contestants.items():
        if not is_left_alone(contestant.run):
            append_lines(contestant.run.battles_file, [
                {"a": contestants[a].name, "b": contestants[b].name, **battle._asdict(), **protocol,
                 "thresholds": [contestants[a].threshold, contestants[b].threshold]}
                for (a, b), battle in battles.items() if name in (a, b)])


def _battle_table(battles: dict[tuple[str, str], evaluation.Battle], num_test: int, num_samples: int) -> str:
    rows = [("a", "b", "r_test", "r_sample", "95 %", f"test errors of {num_test}", f"sample errors of {num_samples}",
             "winner")]
    for (a, b), battle in battles.items():
        winner = {"a": a, "b": b, "": "none"}[battle.winner] + (" (a count of 0, smoothed)" if battle.smoothed else "")
        rows.append((a, b, f"{battle.r_test:.3f}", f"{battle.r_sample:.3f}",
                     "{:.2f} to {:.2f}".format(*battle.interval), "{} {}".format(*battle.test_errors),
                     "{} {}".format(*battle.sample_errors), winner))
    return aligned(rows)


def _ranking_table(places: Sequence[evaluation.Place]) -> str:
    rows = [("place", "run", "won", "lost", "no verdict", "mean r_sample in its favour")]
    rows += [(str(number), place.name, str(place.wins), str(place.losses), str(place.undecided),
              f"{place.advantage:.3f}") for number, place in enumerate(places, 1)]
    return aligned(rows)
