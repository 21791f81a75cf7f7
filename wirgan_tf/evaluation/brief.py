"""Several measures of one set of generated images: what training reports of itself."""

import pathlib
import warnings
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from wirgan_tf.data import Source
from wirgan_tf.evaluation import checks, files
from wirgan_tf.evaluation.density_coverage import density_coverage
from wirgan_tf.evaluation.features import Activations, FeatureNetwork
from wirgan_tf.evaluation.frechet_distance import frechet_distance, rank_deficiency
from wirgan_tf.evaluation.inception_score import inception_score
from wirgan_tf.evaluation.kernel_distance import BLOCK_SIZE, kernel_distance_and_std
from wirgan_tf.evaluation.precision_recall import precision_recall
from wirgan_tf.evaluation.real_features import fake_activations, real_activations
from wirgan_tf.evaluation.report import Result
from wirgan_tf.registry import Registry

_SPLITS = 10

Measured = list[dict]  # fields of `Result` that are the measure's own


def _fid(real: Activations, fake: Activations) -> Measured:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # the result's note says it
        value = frechet_distance(real.features, fake.features)
    return [{"measure": "fid", "value": value,
             "note": rank_deficiency(len(real.features), *fake.features.shape)}]


def _kid(real: Activations, fake: Activations) -> Measured:
    value, std = kernel_distance_and_std(real.features, fake.features)
    return [{"measure": "kid", "value": value, "std": std, "block_size": BLOCK_SIZE}]


def _is(real: Activations, fake: Activations) -> Measured:
    if fake.logits is None:
        return []
    mean, std = inception_score(fake.logits, _SPLITS)
    return [{"measure": "is", "value": mean, "std": std, "splits": _SPLITS, "split": "", "num_real": 0}]


def _precision_recall(real: Activations, fake: Activations, k: int = 3) -> Measured:
    found = precision_recall(*_equally_many(real, fake), k=k)
    return [{"measure": measure, "value": value, "k": k, **_counts(real, fake)}
            for measure, value in found._asdict().items()]


def _density_coverage(real: Activations, fake: Activations, k: int = 5) -> Measured:
    found = density_coverage(*_equally_many(real, fake), k=k)
    return [{"measure": measure, "value": value, "k": k, **_counts(real, fake)}
            for measure, value in found._asdict().items()]


def _equally_many(real: Activations, fake: Activations) -> tuple[np.ndarray, np.ndarray]:
    """The manifolds of two sets are comparable only when both have as many points."""
    count = min(len(real.features), len(fake.features))
    return real.features[:count], fake.features[:count]


def _counts(real: Activations, fake: Activations) -> dict[str, int]:
    count = min(len(real.features), len(fake.features))
    return {"num_samples": count, "num_real": count}


MEASURES: Registry[Callable[[Activations, Activations], Measured]] = Registry("measure", {
    "fid": _fid,
    "kid": _kid,
    "is": _is,
    "precision_recall": _precision_recall,
    "density_coverage": _density_coverage,
})


def evaluate_samples(images: np.ndarray | tf.Tensor, source: Source, network: FeatureNetwork, *, split: str,
                     measures: Sequence[str] = ("fid", "kid", "is", "precision_recall"), num_real: int | None = None,
                     seed: int | None = None, iteration: int | None = None,
                     cache: str | pathlib.Path | None = files.CACHE / "features") -> list[Result]:
    """Measures generated images against real ones.

    Args:
      images: [n, H, W, C] in [-1, 1], generated, in random order.
      source: real images of the same size.
      network: the feature network.
      split: which split `source` is.
      measures: names in `MEASURES`; "is" is left out by a network without logits.
      num_real: real images to compare with; by default as many as generated ones, or all there are if fewer.
      seed: of the samples, for the results.
      iteration: generator update of the model, for the results.
      cache: folder for features of real images; None to do without.

    Raises: `ValueError` for images of another size or outside [-1, 1], a feature network trained on another data set,
      an unknown measure, or too few samples for one.
    """
    if len(source.shape) != 3:
        raise ValueError(f"the data set {source.name!r} has examples of shape {list(source.shape)}; these measures are "
                         "of images [H, W, C]")
    if network.dataset not in ("", source.name):
        raise ValueError(f"the feature network {network.name} knows nothing of {source.name!r}; use "
                         f"classifier:{source.name}, inception or pixels")
    wanted = [MEASURES[name] for name in measures]
    images = checks.images(images, source.shape)
    num_real = min(len(images), source.size) if num_real is None else num_real
    real = real_activations(network, source, split, num_real, cache=cache)
    fake = fake_activations(network, images)
    protocol = {"num_samples": len(images), "dataset": source.name, "split": split, "num_real": num_real,
                "features": network.name, "features_hash": network.hash, "resize": network.resize, "seed": seed,
                "iteration": iteration}
    return [Result(**{**protocol, **fields}) for measure in wanted for fields in measure(real, fake)]
