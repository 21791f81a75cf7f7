"""Does a generator draw the class that it is asked for?"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from wirgan_tf.evaluation import checks
from wirgan_tf.evaluation.by_class import ByClass


def condition_accuracy(logits: np.ndarray | tf.Tensor, labels: np.ndarray) -> ByClass:
    """Share of samples in which a classifier sees the class that they were asked to be.

    A generator that ignores its label gets the share of the most frequent classes: 1 / classes when they are balanced.

    Args:
      logits: [n, classes], of a classifier that had no part in the training.
      labels: int [n], the classes that were asked for.

    Returns: the share of all samples, and of those of each class.
    Raises: `ValueError` for logits or labels of another shape, or labels that the classifier does not know.

    >>> condition_accuracy([[5.0, 0.0], [0.0, 5.0], [0.0, 5.0], [0.0, 5.0]], [0, 0, 1, 1])
    ByClass(value=0.75, classes=array([0.5, 1. ]))
    """
    (logits,) = checks.rows(minimum=1, logits=logits)
    num_classes = logits.shape[1]
    labels = checks.labels(labels, len(logits), num_classes)
    obeyed = logits.argmax(axis=1) == labels
    counts = np.bincount(labels, minlength=num_classes)
    right = np.bincount(labels[obeyed], minlength=num_classes)
    return ByClass(float(obeyed.mean()), np.where(counts > 0, right / np.maximum(counts, 1), np.nan))


def quality_accuracies(logits: np.ndarray, labels: np.ndarray, counts: Sequence[int]) -> list[float]:
    """The same for each quality by itself, when classes are all combinations of several qualities.

    Args:
      logits, labels: as in `condition_accuracy`.
      counts: how many values each quality has; the last one varies fastest.

    >>> quality_accuracies(np.eye(6)[[0, 1, 4]], np.array([0, 2, 5]), counts=[2, 3])  # 4 is (1, 1), and 5 is (1, 2)
    [1.0, 0.3333333333333333]
    """
    seen, asked = (np.unravel_index(numbers, counts) for numbers in (logits.argmax(axis=1), labels))
    return [float((value == wanted).mean()) for value, wanted in zip(seen, asked, strict=True)]
