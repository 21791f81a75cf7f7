"""Modes of stacked digits that a generator hits, and how evenly (Metz et al. 2017; Srivastava et al. 2017, VEEGAN)."""

from typing import NamedTuple

import numpy as np
import scipy.stats

from wirgan_tf.evaluation import checks
from wirgan_tf.evaluation.classifier import Classifier

USUAL_SAMPLES = 26_000  # from which published counts come


class Modes(NamedTuple):
    """hit: modes of at least one sample. divergence: KL(histogram of the samples || uniform), in nats."""

    hit: int
    divergence: float


def modes(numbers: np.ndarray, count: int) -> Modes:
    """How many of `count` modes the samples hit, and how far they are from hitting them equally often.

    Args:
      numbers: int [n], the mode of each sample, in 0 .. count - 1.
      count: how many modes there are.

    Raises: `ValueError` for other numbers.

    >>> modes(np.array([3, 3, 0, 0]), count=4)  # KL = log(4 / 2)
    Modes(hit=2, divergence=0.6931471805599453)
    """
    numbers = checks.labels(numbers, len(numbers), count)
    counts = np.bincount(numbers, minlength=count)
    return Modes(int(np.count_nonzero(counts)), float(scipy.stats.entropy(counts, np.ones(count))))


def mode_numbers(images: np.ndarray, classifier: Classifier) -> np.ndarray:
    """The mode of each image: the classes that the classifier sees in its channels, read as one number.

    Args:
      images: float32 [n, H, W, C] in [-1, 1].
      classifier: of single channels, [n, H, W, 1].

    Returns: int64 [n]; for three channels and ten classes, 100 red + 10 green + blue.
    """
    number = np.zeros(len(images), np.int64)
    for channel in range(images.shape[-1]):
        logits, _ = classifier(images[..., channel:channel + 1])
        number = number * logits.shape[1] + logits.argmax(axis=1)
    return number
