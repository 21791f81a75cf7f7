"""Measures within each class, for generators that are asked for classes (Miyato and Koyama 2018, arXiv 1802.05637)."""

import warnings
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from wirgan_tf.evaluation import checks
from wirgan_tf.evaluation.frechet_distance import frechet_distance
from wirgan_tf.evaluation.precision_recall import precision_recall

FEWEST_OF_INTRA_FID, FEWEST_OF_RECALL = 2, 4  # of each class


class ByClass(NamedTuple):
    """A measure of all classes together, and of each.

    value: of all.
    classes: float64 [num_classes]; NaN for a class without samples.
    """

    value: float
    classes: np.ndarray


def intra_fid(real: np.ndarray | tf.Tensor, real_labels: np.ndarray, fake: np.ndarray | tf.Tensor,
              fake_labels: np.ndarray, num_classes: int) -> ByClass:
    """Mean over classes of the Frechet distance between samples of a class and real images of that class.

    Args:
      real: [n, d] features of real images.
      real_labels: int [n], in 0 .. num_classes - 1.
      fake: [m, d] features of generated images.
      fake_labels: int [m], the classes that they were asked to be.
      num_classes: how many there are.

    Returns: the distances and their mean, >= 0, lower = better. Like `frechet_distance` they fall with more samples of
      a class even when nothing else changes.
    Raises: `ValueError` for sets that are not features of that shape, or fewer than 2 rows of a class.

    >>> points = np.array([[0.0], [2.0], [10.0], [12.0]])
    >>> labels = np.array([0, 0, 1, 1])
    >>> intra_fid(points, labels, points + [[0.0], [0.0], [4.0], [4.0]], labels, 2)  # 0 and 4^2
    ByClass(value=8.0, classes=array([ 0., 16.]))
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of few samples: the caller knows how many a class has
        return _mean([frechet_distance(*pair) for pair in _pairs(real, real_labels, fake, fake_labels, num_classes,
                                                                 FEWEST_OF_INTRA_FID)])


def recall_per_class(real: np.ndarray | tf.Tensor, real_labels: np.ndarray, fake: np.ndarray | tf.Tensor,
                     fake_labels: np.ndarray, num_classes: int, k: int = 3) -> ByClass:
    """Mean over classes of the improved recall within the class: is all that is in the class drawn?

    For every class, `num_compared` rows are taken from both sets: manifolds are comparable only with equally many
    points.

    Args:
      real, real_labels, fake, fake_labels, num_classes: as for `intra_fid`.
      k: neighbours.

    Returns: the recalls and their mean, in [0, 1].
    Raises: `ValueError` for sets that are not features of that shape, or not more than k rows of a class.
    """
    count = num_compared(real_labels, fake_labels, num_classes)
    return _mean([precision_recall(real_rows[:count], fake_rows[:count], k).recall for real_rows, fake_rows in
                  _pairs(real, real_labels, fake, fake_labels, num_classes, k + 1)])


def num_compared(real_labels: np.ndarray, fake_labels: np.ndarray, num_classes: int) -> int:
    """The most rows that every class has in both sets.

    >>> num_compared(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1]), num_classes=2)
    1
    """
    return int(min(np.bincount(labels, minlength=num_classes).min() for labels in (real_labels, fake_labels)))


def _pairs(real, real_labels, fake, fake_labels, num_classes: int, fewest: int) -> Iterator[list[np.ndarray]]:
    """The rows of each class in both sets."""
    sets = checks.rows(minimum=1, real=real, fake=fake)
    labels = [checks.labels(value, len(rows), num_classes)
              for value, rows in zip((real_labels, fake_labels), sets, strict=True)]
    for name, of_set in zip(("real", "fake"), labels, strict=True):
        check_counts(np.bincount(of_set, minlength=num_classes), fewest, name)
    for number in range(num_classes):
        yield [rows[of_set == number] for rows, of_set in zip(sets, labels, strict=True)]


def check_counts(counts: np.ndarray, fewest: int, whose: str) -> None:
    """Raises `ValueError` when a class has fewer than `fewest` of the images called `whose`; `counts` are by class."""
    if counts.min() < fewest:
        number = int(counts.argmin())
        raise ValueError(f"{whose} has {counts[number]} images of class {number}; this measure needs at least {fewest} "
                         f"of each class: take more, or another split")


def _mean(values: list[float]) -> ByClass:
    return ByClass(float(np.mean(values)), np.array(values))
