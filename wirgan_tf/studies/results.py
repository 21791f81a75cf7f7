"""What runs have to show: the results of their reports, and the curves of their brief evaluations."""

import dataclasses
import pathlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from wirgan_tf.config import Config
from wirgan_tf.evaluation import REPORT_SEED, SELECTION_SEED
from wirgan_tf.files import read_lines
from wirgan_tf.training.checkpoints import updates_made
from wirgan_tf.training.run_directory import RunDirectory

_PICTURE = re.compile(r"samples_\d+\.png")

Curve = Mapping[int, float]
"""A measure by generator updates."""


class Column(NamedTuple):
    """What makes results comparable: the name of a result and the hash of the feature network."""

    name: str
    features_hash: str


@dataclasses.dataclass(frozen=True)
class RunResults:
    """A run as a report shows it.

    path: its folder.
    config: its settings.
    updates: generator updates that it has made.
    results: lines of its metrics.jsonl that report on one split, of the last evaluation of each measure; those of
      another split where there are none of it, as on data without test images.
    curves: of the measures on validation images, by their names.
    picture: the newest grid of its samples, if there is one.
    """

    path: pathlib.Path
    config: Config
    updates: int
    results: Mapping[Column, Mapping[str, Any]]
    curves: Mapping[str, Curve]
    picture: pathlib.Path | None

    @property
    def seed(self) -> int:
        """Its training seed."""
        return self.config.seed


@dataclasses.dataclass(frozen=True)
class Group:
    """Runs that differ in their training seeds alone, under one name."""

    name: str
    runs: Sequence[RunResults]

    def by_seed(self, column: Column) -> dict[int, float]:
        """Values of one kind of result by training seed."""
        return {run.seed: run.results[column]["value"] for run in self.runs if column in run.results}

    def columns(self) -> list[Column]:
        """The kinds of results that its runs have."""
        return list(dict.fromkeys(column for run in self.runs for column in run.results))

    @property
    def config(self) -> Config:
        """That of its first run."""
        return self.runs[0].config


def read_run(path: pathlib.Path, split: str = "test") -> RunResults:
    """The results of the run in folder `path`, on images of `split` where it was measured on them.

    Raises: `FileNotFoundError` when there is no run.
    """
    run = RunDirectory(path)
    config = run.load_config()
    lines = read_lines(run.metrics_file, {"name": str, "measure": str, "value": float | int, "iteration": int | None,
                                          "seed": int | None, "split": str, "features_hash": str})
    lines = [line for line in lines if line.get("time_step") is None]
    reports = [line for line in lines if line["seed"] == REPORT_SEED and line["split"] != "train"]
    reports.sort(key=lambda line: line["split"] == split)  # the last of each measure counts
    reported = {line["measure"]: line for line in reports}
    curves: dict[str, dict[int, float]] = {}
    for line in lines:
        if line["seed"] == SELECTION_SEED:
            curves.setdefault(line["measure"], {})[line["iteration"]] = line["value"]
    pictures = sorted(path for path in run.samples.glob("*") if _PICTURE.fullmatch(path.name))
    return RunResults(path, config, updates_made(run.checkpoints),
                      {Column(line["name"], line["features_hash"]): line for line in reported.values()}, curves,
                      pictures[-1] if pictures else None)


def grouped(runs: Sequence[RunResults]) -> list[Group]:
    """Runs that differ in the training seed alone as groups, each named by its first run's folder.

    Raises: `ValueError` for two runs of the same settings and seed.
    """
    found: dict[str, list[RunResults]] = {}
    for run in runs:
        settings = {name: value for name, value in run.config.settings().items() if name != "seed"}
        same = found.setdefault(repr(sorted(settings.items())), [])
        if run.seed in [other.seed for other in same]:
            other = next(other for other in same if other.seed == run.seed)
            raise ValueError(f"{run.path} and {other.path} have the same settings and the same seed; leave one out")
        same.append(run)
    names = _names([same[0].path for same in found.values()])
    return [Group(name, same) for name, same in zip(names, found.values(), strict=True)]


def _names(paths: Sequence[pathlib.Path]) -> list[str]:
    """A name for each of the folders, without the training seed: the last word of its path, or all of it."""
    short = [re.sub(r"_seed-?\d+$", "", path.resolve().name) for path in paths]
    return [name if short.count(name) == 1 else str(path) for name, path in zip(short, paths, strict=True)]
