"""--mode=gam: runs of one data set judge each other's samples."""

import dataclasses
import json
import pathlib
from collections.abc import Sequence

import numpy as np

from wirgan_tf import data, evaluation
from wirgan_tf.command_line import Request
from wirgan_tf.commands.common import restored
from wirgan_tf.commands.train import BRIEF_SEED
from wirgan_tf.config import Config
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.models.scoring import Scorer
from wirgan_tf.objectives import build_objective
from wirgan_tf.training.run_directory import RunDirectory

_IMAGES = 1000  # n of the paper


@dataclasses.dataclass(frozen=True)
class Contestant:
    """A run in the tournament: what it drew, and its critic."""

    name: str
    run: RunDirectory
    config: Config
    score: Scorer
    samples: np.ndarray
    threshold: float


def gam(request: Request) -> None:
    """Every run against every other; prints the battles and the ranking, and appends the battles to the runs' files."""
    pairs = evaluation.pairs(request.run_dirs)
    seed, count = request.given.get("seed", BRIEF_SEED), request.num_samples or _IMAGES
    configs = [dataclasses.replace(request, run_dirs=(name,)).run_config() for name in request.run_dirs]
    _check_same_data(request.run_dirs, configs)
    test = _some_images(configs[0], "test", count)
    training = _some_images(configs[0], "train", count)
    contestants = {name: _contestant(dataclasses.replace(request, run_dirs=(name,)), training, row_seeds(seed, count))
                   for name in request.run_dirs}
    battles = {}
    for pair in pairs:
        a, b = (contestants[name] for name in pair)
        battles[pair] = evaluation.gam(
            evaluation.Verdicts(a.score(test), a.score(b.samples), a.threshold),
            evaluation.Verdicts(b.score(test), b.score(a.samples), b.threshold))
        _append(a, b, battles[pair], {"num_samples": count, "num_test": len(test), "seed": seed})
    print(_battle_table(battles, len(test), count))
    print(_ranking_table(evaluation.round_robin(request.run_dirs, battles)))


def _contestant(request: Request, training: np.ndarray, seeds: np.ndarray) -> Contestant:
    config, model = restored(request)
    if model.critic is None:
        raise ValueError(f"{request.run_dir} is a run of {config.model}, which has no critic; a battle needs two")
    score, samples = Scorer(model.critic), Sampler(model.sampler, config.noise).images(seeds)
    threshold = build_objective(config).decision_threshold
    if threshold is None:
        threshold = evaluation.midpoint_threshold(score(training), score(samples))
    return Contestant(request.run_dir, RunDirectory(pathlib.Path(request.run_dir)), config, score, samples, threshold)


def _check_same_data(names: Sequence[str], configs: Sequence[Config]) -> None:
    drawn = {name: (config.dataset, config.image_size) for name, config in zip(names, configs, strict=True)}
    if len(set(drawn.values())) > 1:
        told = ", ".join(f"{name}: {dataset}" + (f" at {size}x{size}" if size else "")
                         for name, (dataset, size) in drawn.items())
        raise ValueError(f"runs of one data set can judge each other's samples; these are of several: {told}")


def _some_images(config: Config, split: str, count: int) -> np.ndarray:
    source = data.load(config, split)
    return np.concatenate(list(evaluation.some_real_images(source, min(count, source.size))))


def _append(a: Contestant, b: Contestant, battle: evaluation.Battle, protocol: dict[str, int]) -> None:
    line = json.dumps({"a": a.name, "b": b.name, **battle._asdict(), **protocol,
                       "thresholds": [a.threshold, b.threshold]}) + "\n"
    for run in (a.run, b.run):
        with open(run.battles_file, "a") as file:
            file.write(line)


def _battle_table(battles: dict[tuple[str, str], evaluation.Battle], num_test: int, num_samples: int) -> str:
    rows = [("a", "b", "r_test", "r_sample", "95 %", f"test errors of {num_test}", f"sample errors of {num_samples}",
             "winner")]
    for (a, b), battle in battles.items():
        winner = {"a": a, "b": b, "": "none"}[battle.winner] + (" (a count of 0, smoothed)" if battle.smoothed else "")
        rows.append((a, b, f"{battle.r_test:.3f}", f"{battle.r_sample:.3f}",
                     "{:.2f} to {:.2f}".format(*battle.interval), "{} {}".format(*battle.test_errors),
                     "{} {}".format(*battle.sample_errors), winner))
    return _aligned(rows)


def _ranking_table(places: Sequence[evaluation.Place]) -> str:
    rows = [("place", "run", "won", "lost", "no verdict", "mean r_sample in its favour")]
    rows += [(str(number), place.name, str(place.wins), str(place.losses), str(place.undecided),
              f"{place.advantage:.3f}") for number, place in enumerate(places, 1)]
    return _aligned(rows)


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
                     for row in rows)
