"""What runs have achieved: the results of their reports, and the curves of their brief evaluations."""

import dataclasses
import pathlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from wirgan_tf.config import Config
from wirgan_tf.data import identity_of
from wirgan_tf.evaluation import REPORT_SEED, SELECTION_SEED
from wirgan_tf.files import read_lines
from wirgan_tf.training.checkpoints import updates_made
from wirgan_tf.training.run_directory import RunDirectory

_PICTURE = re.compile(r"samples_\d+\.png")

Curve = Mapping[int, float]
"""A measure by generator updates."""


class Data(NamedTuple):
    """What runs were measured on: results on different data are never compared.

    dataset: its name.
    identity: of the images of the split, see `data.Source`; it differs between folders, and between sizes.
    """

    dataset: str
    identity: str


class Column(NamedTuple):
    """What makes results on one data set comparable.

    measure: as in "precision".
    name: of the result, which says how it was measured.
    features_hash: of the feature network.
    """

    measure: str
    name: str
    features_hash: str


@dataclasses.dataclass(frozen=True)
class RunResults:
    """A run as a report shows it.

    path: its folder.
    config: its settings.
    data: what it was measured on.
    updates: generator updates that it has made.
    measured: generator updates of the checkpoint that the results belong to; None when there are none.
    results: the lines of its metrics.jsonl that report on one split, for the checkpoint that was last evaluated on it;
      those for another split where there are none for this one, as on data without test images.
    curves: of the brief evaluations on validation images.
    picture: the newest grid of its samples, if there is one.
    """

    path: pathlib.Path
    config: Config
    data: Data
    updates: int
    measured: int | None
    results: Mapping[Column, Mapping[str, Any]]
    curves: Mapping[Column, Curve]
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
        """The config of its first run."""
        return self.runs[0].config

    @property
    def data(self) -> Data:
        """The data of its first run."""
        return self.runs[0].data


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
    on_split = [line for line in reports if line["split"] == split]
    last = (on_split or reports)[-1:]
    measured = last[0]["iteration"] if last else None
    reports.sort(key=lambda line: line["split"] == split)  # the last of each measure counts
    reported = {line["measure"]: line for line in reports if line["iteration"] == measured}
    curves: dict[Column, dict[int, float]] = {}
    for line in lines:
        if line["seed"] == SELECTION_SEED and line["split"] in ("validation", ""):
            curves.setdefault(_column(line), {})[line["iteration"]] = line["value"]
    pictures = sorted(path for path in run.samples.glob("*") if _PICTURE.fullmatch(path.name))
    return RunResults(path, config, _data(run, config, split), updates_made(run.checkpoints), measured,
                      {_column(line): line for line in reported.values()}, curves, pictures[-1] if pictures else None)


def _column(line: Mapping[str, Any]) -> Column:
    return Column(line["measure"], line["name"], line["features_hash"])


def _data(run: RunDirectory, config: Config, split: str) -> Data:
    identity = run.load_identity()
    held_out = "" if split in identity else config.validation_share  # a share of the training images
    return Data(config.dataset, identity_of(identity.get(split, identity["train"]), held_out))


def grouped(runs: Sequence[RunResults]) -> list[Group]:
    """Groups of runs on the same data that differ in the training seed alone, each named by its first run's folder.

    Raises: `ValueError` for two runs of the same settings and seed.
    """
    found: dict[str, list[RunResults]] = {}
    for run in runs:
        settings = {name: value for name, value in run.config.settings().items() if name != "seed"}
        same = found.setdefault(repr((run.data.identity, sorted(settings.items()))), [])
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
