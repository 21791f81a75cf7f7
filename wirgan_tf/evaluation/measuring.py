"""Measuring a generator: what is asked for, who looks at its images, and the results."""

import dataclasses
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol as TypingProtocol

import numpy as np
import tensorflow as tf
import tqdm

from wirgan_tf.data import Source
from wirgan_tf.evaluation import checks, files
from wirgan_tf.evaluation.classifier import Classifier
from wirgan_tf.evaluation.features import Activations, FeatureNetwork
from wirgan_tf.evaluation.measures import MEASURES, Evidence
from wirgan_tf.evaluation.real_features import real_activations, some_real_examples
from wirgan_tf.evaluation.report import Result

_BATCH = 640  # images drawn and looked at together; none is kept

Conditions = Mapping[str, np.ndarray]
"""What images are asked to be, by name, a row for each of them; empty for an unconditional model."""
Score = Callable[[np.ndarray, Conditions], np.ndarray]
"""Images [N, H, W, C] and their conditions -> a critic's scores [N]."""


class Draw(TypingProtocol):
    """A generator as it is measured: a `Sampler`, or an `ExportedGenerator`."""

    def conditions(self, seeds: np.ndarray) -> Conditions:
        """Those of the samples of seeds int64 [N]: of examples of the split that is measured against."""

    def images(self, seeds: np.ndarray, conditions: Conditions) -> np.ndarray:
        """Samples float32 [N, H, W, C] in [-1, 1]."""

    def canvases(self, seeds: np.ndarray, conditions: Conditions) -> np.ndarray:
        """The samples as they stand after each time step, float32 [T, N, H, W, C]."""


@dataclasses.dataclass(frozen=True)
class Protocol:
    """How a generator is measured; all of it goes into the results.

    measures: names in `MEASURES`; "is" is left out by a feature network without logits.
    num_samples: generated images for each seed, compared with as many real ones, or all there are if fewer.
    split: of the real images.
    seed: samples are drawn from seed, seed + 1, ...
    num_seeds: sets of samples; with several, a result is their mean, its `std` their standard deviation (n - 1).
    per_step: measure each of the T canvases, not the images alone.
    """

    measures: Sequence[str]
    num_samples: int
    split: str = "test"
    seed: int = 0
    num_seeds: int = 1
    per_step: bool = False

    def __post_init__(self):
        for name in self.measures:
            MEASURES[name]
        if self.num_samples < 1 or self.num_seeds < 1:
            raise ValueError(f"num_samples={self.num_samples} and num_seeds={self.num_seeds} must be at least 1")

    @property
    def needs(self) -> set[str]:
        """Fields of `Instruments` that the measures use."""
        return {MEASURES[name].instrument for name in self.measures}


@dataclasses.dataclass(frozen=True)
class Instruments:
    """Who looks at images.

    network: of features, and of logits for the Inception Score.
    classifiers: two of the data set, trained independently; for the classifier error.
    critic: the model's own; for the Wasserstein estimate.
    """

    network: FeatureNetwork
    classifiers: tuple[Classifier, Classifier] | None = None
    critic: Score | None = None

    def check(self, source: Source, needs: set[str]) -> None:
        """Raises `ValueError` when they cannot judge the images of `source`, or one that is needed is not there."""
        if len(source.shape) != 3:
            raise ValueError(f"the data set {source.name!r} has examples of shape {list(source.shape)}; these measures "
                             "are of images [H, W, C]")
        for network in (self.network, *(self.classifiers or ())):
            if network.dataset not in ("", source.name):
                raise ValueError(f"the feature network {network.name} knows nothing of {source.name!r}; use "
                                 f"classifier:{source.name}, inception or pixels")
        if "critic" in needs and self.critic is None:
            raise ValueError("the measure wasserstein needs the critic of a run; there is none in an export, nor in a "
                             "model trained without one")
        if "classifiers" in needs and self.classifiers is None:
            raise ValueError("the measure classifier_error needs two classifiers; give both in Instruments")

    def described(self, instrument: str) -> dict[str, str]:
        """Fields of `Result` that say who looked."""
        if instrument == "critic":
            return {"features": "critic", "features_hash": "", "resize": "none"}
        networks = self.classifiers if instrument == "classifiers" else (self.network,)
        return {"features": networks[0].name, "features_hash": "+".join(network.hash for network in networks),
                "resize": networks[0].resize}


def evaluate(draw: Draw, source: Source, instruments: Instruments, protocol: Protocol, *,
             iteration: int | None = None, cache: str | pathlib.Path | None = files.CACHE / "features",
             progress: bool = False) -> list[Result]:
    """Measures a generator against real images, once for each time step that is asked for.

    Images are drawn, looked at and forgotten batch by batch, so memory holds features alone.

    Args:
      draw: the generator.
      source: real images of the same size.
      instruments: who looks at the images.
      protocol: what is measured, and on how many.
      iteration: generator update of the model, for the results.
      cache: folder for features of real images; None to do without.
      progress: show a bar.

    Raises: `ValueError` for images of another size, not finite or outside [-1, 1], a feature network trained on another
      data set, an unknown measure, an instrument that is not there, or too few samples for a measure.
    """
    instruments.check(source, protocol.needs)
    num_real = min(protocol.num_samples, source.size)
    real = _look_at_real(source, instruments, protocol, num_real, cache)
    found: list[list[Evidence]] = []
    with tqdm.tqdm(total=protocol.num_samples * protocol.num_seeds, unit="sample", desc="measuring",
                   disable=not progress) as bar:
        for number in range(protocol.num_seeds):
            first = protocol.seed + number * protocol.num_samples
            found.append(_look_at_fake(draw, first, source.shape, instruments, protocol, real, bar))
    conditions = ", ".join(draw.conditions(np.arange(1)))
    about = {"num_samples": protocol.num_samples, "dataset": source.name, "split": protocol.split, "num_real": num_real,
            "seed": protocol.seed, "num_seeds": protocol.num_seeds, "iteration": iteration,
             "conditions": f"{conditions} of {protocol.split} examples" if conditions else ""}
    steps = len(found[0])
    return [Result(**{**about, **instruments.described(MEASURES[name].instrument),
                      "time_step": step + 1 if steps > 1 else None, **fields})
            for step in range(steps) for name in protocol.measures
            for fields in _over_seeds([MEASURES[name].function(evidence[step]) for evidence in found])]


def evaluate_samples(images: np.ndarray | tf.Tensor, source: Source, network: FeatureNetwork, *, split: str,
                     measures: Sequence[str] = ("fid", "kid", "is", "precision_recall"),
                     cache: str | pathlib.Path | None = files.CACHE / "features") -> list[Result]:
    """Measures images that are there already, [n, H, W, C] in [-1, 1] in random order, by features alone.

    See `evaluate`, whose results these are but for the seed, which they do not know. A note says when no value is below
    0, as of images in [0, 1].
    """
    array = np.asarray(images)
    results = evaluate(_Given(array), source, Instruments(network), Protocol(measures, len(array), split), cache=cache)
    range_note = checks.note_on_range(float(array.min()))
    return [dataclasses.replace(result, seed=None, note="; ".join(filter(None, (result.note, range_note))))
            for result in results]


class _Given:
    """Images that are there already; their seeds are their places."""

    def __init__(self, images: np.ndarray):
        self._images = images

    def conditions(self, seeds: np.ndarray) -> Conditions:
        del seeds
        return {}

    def images(self, seeds: np.ndarray, conditions: Conditions) -> np.ndarray:
        del conditions
        return self._images[seeds]

    def canvases(self, seeds: np.ndarray, conditions: Conditions) -> np.ndarray:
        return self.images(seeds, conditions)[np.newaxis]


def _look_at_real(source: Source, instruments: Instruments, protocol: Protocol, count: int, cache) -> Evidence:
    features = scores = None
    if "network" in protocol.needs:
        features = real_activations(instruments.network, source, protocol.split, count, cache=cache)
    if "critic" in protocol.needs:
        parts = [instruments.critic(batch["image"], batch) for batch in some_real_examples(source, count)]
        scores = (np.concatenate(parts), np.empty(0))
    return Evidence(features, None, None, scores)


def _look_at_fake(draw: Draw, first: int, shape: tuple[int, ...], instruments: Instruments, protocol: Protocol,
                  real: Evidence, bar: tqdm.tqdm) -> list[Evidence]:
    """The evidence on `num_samples` images from seed `first` on, for each time step."""
    by_step: list[dict[str, list]] = []
    for start in range(0, protocol.num_samples, _BATCH):
        seeds = np.arange(first + start, first + min(start + _BATCH, protocol.num_samples))
        conditions = draw.conditions(seeds)
        canvases = draw.canvases(seeds, conditions) if protocol.per_step else draw.images(seeds, conditions)[np.newaxis]
        by_step = by_step or [{"network": [], "classifiers": [], "critic": []} for _ in canvases]
        for found, images in zip(by_step, canvases, strict=True):
            _look(checks.images(images, shape), conditions, instruments, protocol.needs, found)
        bar.update(len(seeds))
    return [_evidence(found, real) for found in by_step]


def _look(images: np.ndarray, conditions: Conditions, instruments: Instruments, needs: set[str],
          found: dict[str, list]) -> None:
    if "network" in needs:
        found["network"].append(instruments.network(images))
    if "classifiers" in needs:
        found["classifiers"].append([classifier(images)[0] for classifier in instruments.classifiers])
    if "critic" in needs:
        found["critic"].append(instruments.critic(images, conditions))


def _evidence(found: dict[str, list], real: Evidence) -> Evidence:
    fake = logits = scores = None
    if found["network"]:
        fake = Activations.joined(found["network"])
    if found["classifiers"]:
        logits = tuple(np.concatenate(parts) for parts in zip(*found["classifiers"], strict=True))
    if found["critic"]:
        scores = (real.scores[0], np.concatenate(found["critic"]))
    return Evidence(real.real, fake, logits, scores)


def _over_seeds(by_seed: list[list[dict]]) -> list[dict]:
    """Fields of a measure's results: those of the one seed, or the mean and standard deviation of several."""
    if len(by_seed) == 1:
        return by_seed[0]
    joined = []
    for same in zip(*by_seed, strict=True):
        values = [fields["value"] for fields in same]
        joined.append({**same[0], "value": float(np.mean(values)), "std": float(np.std(values, ddof=1))})
    return joined
