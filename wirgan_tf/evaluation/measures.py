"""The measures by name: each makes results of what was seen."""

import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from wirgan_tf.evaluation.classifier_error import classifier_error
from wirgan_tf.evaluation.density_coverage import density_coverage
from wirgan_tf.evaluation.features import Activations
from wirgan_tf.evaluation.frechet_distance import frechet_distance, rank_deficiency
from wirgan_tf.evaluation.inception_score import inception_score
from wirgan_tf.evaluation.kernel_distance import BLOCK_SIZE, kernel_distance_and_std
from wirgan_tf.evaluation.precision_recall import precision_recall
from wirgan_tf.registry import Registry

_SPLITS = 10


class Evidence(NamedTuple):
    """What was seen of real and generated images; None where no measure needs it.

    real, fake: the feature network's activations.
    logits: two classifiers', [n, classes] each, of the generated images.
    scores: the critic's, [n] of the real and [m] of the generated images.
    """

    real: Activations | None
    fake: Activations | None
    logits: tuple[np.ndarray, np.ndarray] | None
    scores: tuple[np.ndarray, np.ndarray] | None


Measured = list[dict]  # fields of `Result` that are the measure's own


class Measure(NamedTuple):
    """A measure, and who must look at images for it: "network", "classifiers" or "critic"."""

    instrument: str
    function: Callable[[Evidence], Measured]
    higher_is_better: bool = False


def _fid(seen: Evidence) -> Measured:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the result's note says it
        value = frechet_distance(seen.real.features, seen.fake.features)
    return [{"measure": "fid", "value": value,
             "note": rank_deficiency(len(seen.real.features), *seen.fake.features.shape)}]


def _kid(seen: Evidence) -> Measured:
    value, std = kernel_distance_and_std(seen.real.features, seen.fake.features)
    return [{"measure": "kid", "value": value, "std": std, "block_size": BLOCK_SIZE}]


def _is(seen: Evidence) -> Measured:
    if seen.fake.logits is None:
        return []
    mean, std = inception_score(seen.fake.logits, _SPLITS)
    return [{"measure": "is", "value": mean, "std": std, "splits": _SPLITS, "split": "", "num_real": 0}]


def _precision_recall(seen: Evidence, k: int = 3) -> Measured:
    return _of_equally_many(precision_recall, seen, k)


def _density_coverage(seen: Evidence, k: int = 5) -> Measured:
    return _of_equally_many(density_coverage, seen, k)


def _of_equally_many(measure, seen: Evidence, k: int) -> Measured:
    """The manifolds of two sets are comparable only when both have as many points."""
    count = min(len(seen.real.features), len(seen.fake.features))
    found = measure(seen.real.features[:count], seen.fake.features[:count], k=k)
    return [{"measure": name, "value": value, "k": k, "num_samples": count, "num_real": count}
            for name, value in found._asdict().items()]


def _classifier_error(seen: Evidence) -> Measured:
    found = classifier_error(*seen.logits)
    return [{"measure": f"classifier_error_{name}", "value": value, "split": "", "num_real": 0}
            for name, value in found._asdict().items()]


def _wasserstein(seen: Evidence) -> Measured:
    """E[s] - E[r]: what the critic makes of the distance, in units of its own."""
    real, fake = (scores.mean(dtype=np.float64) for scores in seen.scores)
    return [{"measure": "wasserstein", "value": float(real - fake), "note": "in the critic's own units"}]


MEASURES: Registry[Measure] = Registry("measure", {
    "fid": Measure("network", _fid),
    "kid": Measure("network", _kid),
    "is": Measure("network", _is, higher_is_better=True),
    "precision_recall": Measure("network", _precision_recall, higher_is_better=True),
    "density_coverage": Measure("network", _density_coverage, higher_is_better=True),
    "classifier_error": Measure("classifiers", _classifier_error),
    "wasserstein": Measure("critic", _wasserstein),
})
