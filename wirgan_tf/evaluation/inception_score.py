"""Inception Score (Salimans et al. 2016, arXiv 1606.03498)."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from wirgan_tf.evaluation import checks, tfgan

_UNDERFLOW = 700.0  # exp(-700) is still a float64; from exp(-746) on p log(p / q) would be 0 * infinity


class InceptionScore(NamedTuple):
    mean: float
    std: float


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
    logits = logits.astype(np.float64)
    logits = np.maximum(logits, logits.max(axis=1, keepdims=True) - _UNDERFLOW)
    scores = [float(tfgan.formulas().classifier_score_from_logits(part)) for part in np.array_split(logits, splits)]
    return InceptionScore(float(np.mean(scores)), float(np.std(scores)))
