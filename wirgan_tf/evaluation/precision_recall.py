"""Improved precision and recall (Kynkaanniemi et al. 2019, arXiv 1904.06991)."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from wirgan_tf.evaluation import neighbors


class PrecisionRecall(NamedTuple):
    precision: float
    recall: float


def precision_recall(real: np.ndarray | tf.Tensor, fake: np.ndarray | tf.Tensor, k: int = 3) -> PrecisionRecall:
    """Shares of samples inside the other set's manifold: the union of balls that reach to the k-th neighbour.

    Args:
      real: [n, d] features of real images, n > k.
      fake: [m, d] features of generated images, m > k; the article takes m = n.
      k: neighbours.

    Returns: precision, the share of `fake` inside the manifold of `real` (are samples real-looking?), and recall, the
      share of `real` inside the manifold of `fake` (is everything drawn?), both in [0, 1].
    Raises: `ValueError` for sets that are not features of that shape, or not more than k rows.

    >>> line = np.arange(10.0)[:, None]
    >>> precision_recall(line, line[:5])  # neighbours lie up to 3 apart: 8 is reached from 5, no more
    PrecisionRecall(precision=1.0, recall=0.8)
    """
    real, fake = neighbors.checked_pair(real, fake, k)
    real_radii, fake_radii = neighbors.squared_radii(real, k), neighbors.squared_radii(fake, k)
    inside_real = np.zeros(len(fake), bool)
    inside_fake = np.zeros(len(real), bool)
    for part, distances in neighbors.squared_distances(real, fake):
        inside_real |= (distances <= real_radii[part, None]).any(axis=0)
        inside_fake[part] = (distances <= fake_radii).any(axis=1)
    return PrecisionRecall(float(inside_real.mean()), float(inside_fake.mean()))
