"""Inception Score (Salimans et al. 2016, arXiv 1606.03498)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.special
import tensorflow as tf

from wirgan_tf.evaluation import checks, tfgan

_UNDERFLOW = 700.0  # exp(-700) is still a float64; from exp(-746) on p log(p / q) would be 0 * infinity


class InceptionScore(NamedTuple):
    mean: float
    std: float


class ClassSums(NamedTuple):
    """What the score needs of a set of logits, in float64: the sums of parts add up to those of the whole.

    Image i of n is in the split into which `np.array_split` of all n would put it, as in `inception_score`, whatever
    part of the set it came with.

    counts: int64 [splits], images.
    probabilities: [splits, classes], sums of p(y|x).
    negative_entropies: [splits], sums of sum_y p(y|x) log p(y|x).
    """

    counts: np.ndarray
    probabilities: np.ndarray
    negative_entropies: np.ndarray

    @classmethod
    def of(cls, logits: np.ndarray, first: int, total: int, splits: int = 10) -> "ClassSums":
        """The sums of images first, first + 1, ... of `total`, from their logits [n, classes]."""
        logits = _bounded(logits)
        log_p = logits - scipy.special.logsumexp(logits, axis=1, keepdims=True)
        p = np.exp(log_p)
        ends = np.cumsum(total // splits + (np.arange(splits) < total % splits))
        split = np.searchsorted(ends, np.arange(first, first + len(logits)), side="right")
        sums = cls(np.zeros(splits, np.int64), np.zeros((splits, logits.shape[1])), np.zeros(splits))
        for array, values in zip(sums, (1, p, (p * log_p).sum(axis=1)), strict=True):
            np.add.at(array, split, values)
        return sums

    def combine(self, other: "ClassSums") -> "ClassSums":
        """The sums of both sets together."""
        return ClassSums(*(mine + others for mine, others in zip(self, other, strict=True)))

    def score(self) -> InceptionScore:
        """The score of the whole set, by E KL(p(y|x) || p(y)) = E sum_y p(y|x) log p(y|x) - sum_y p(y) log p(y).

        Raises: `ValueError` for fewer than 2 images in a split.
        """
        if self.counts.min() < 2:
            raise ValueError(f"{self.counts.sum()} images are too few for an Inception Score of {len(self.counts)} "
                             f"splits; take {2 * len(self.counts)} or more")
        marginal = self.probabilities / self.counts[:, np.newaxis]
        divergence = self.negative_entropies / self.counts - (marginal * np.log(marginal)).sum(axis=1)
        return _over_splits(np.exp(divergence))


def inception_score(logits: np.ndarray | tf.Tensor, splits: int = 10) -> InceptionScore:
    """exp E KL(p(y|x) || p(y)), the mean and standard deviation over `splits` equal parts, each by TF-GAN.

    Args:
      logits: [n, classes], a classifier's for n generated images, in random order.
      splits: parts; n need not divide evenly.

    Returns: mean and std (over the parts, not of the mean) in 1 .. classes, higher = sharper and more diverse.
    Raises: `ValueError` for logits of another shape, not finite, or fewer than 2 images for each part.
    """
    if splits < 1:
        raise ValueError(f"splits={splits}: must be at least 1")
    (logits,) = checks.rows(minimum=2 * splits, logits=logits)
    parts = np.array_split(_bounded(logits), splits)
    return _over_splits([float(tfgan.formulas().classifier_score_from_logits(part)) for part in parts])


def _bounded(logits: np.ndarray) -> np.ndarray:
    logits = logits.astype(np.float64)
    return np.maximum(logits, logits.max(axis=1, keepdims=True) - _UNDERFLOW)


def _over_splits(scores: Sequence[float]) -> InceptionScore:
    return InceptionScore(float(np.mean(scores)), float(np.std(scores)))
