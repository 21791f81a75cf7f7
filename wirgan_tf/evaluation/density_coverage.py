"""Density and coverage (Naeem et al. 2020, arXiv 2002.09797)."""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from wirgan_tf.evaluation import neighbors


class DensityCoverage(NamedTuple):
    density: float
    coverage: float


def density_coverage(real: np.ndarray | tf.Tensor, fake: np.ndarray | tf.Tensor, k: int = 5) -> DensityCoverage:
    """Precision and recall made robust to outliers: only balls around real images are used, and they are counted.

    Args:
      real: [n, d] features of real images, n > k.
      fake: [m, d] features of generated images, m > k.
      k: neighbours.

    Returns: density, the mean number of real balls around a generated sample over k (about 1 for a perfect generator,
      may exceed 1), and coverage, the share of real balls that hold a generated sample, in [0, 1]. The balls are open,
      as in the authors' code.
    Raises: `ValueError` for sets that are not features of that shape, or not more than k rows.

    >>> line = np.arange(10.0)[:, None]
    >>> density_coverage(line, line + 0.25, k=1)
    DensityCoverage(density=1.9, coverage=1.0)
    """
    real, fake = neighbors.checked_pair(real, fake, k)
    radii = neighbors.squared_radii(real, k)
    hits, covered = 0, np.zeros(len(real), bool)
    for part, distances in neighbors.squared_distances(real, fake):
        inside = distances < radii[part, None]
        hits += int(inside.sum())
        covered[part] = inside.any(axis=1)
    return DensityCoverage(hits / (k * len(fake)), float(covered.mean()))
