"""How far two sets of points lie apart: the two halves of the Chamfer distance (Fan et al. 2017, arXiv 1612.00603)."""

from typing import NamedTuple

import numpy as np

from wirgan_tf.evaluation import neighbors


class NearestDistances(NamedTuple):
    """Mean Euclidean distances, in the units of the data.

    to_real: from a generated point to the nearest real one; large when points lie where no data is.
    from_real: from a real point to the nearest generated one; large when part of the data is not drawn.
    """

    to_real: float
    from_real: float


def nearest_distances(real: np.ndarray, fake: np.ndarray) -> NearestDistances:
    """Mean distances to the other set's nearest point. They shrink with the number of points: compare equal numbers.

    Args:
      real: [n, d].
      fake: [m, d].

    Raises: `ValueError` for sets of another shape, or that are not finite.

    >>> nearest_distances(real=[[0.0, 0.0], [3.0, 4.0]], fake=[[0.0, 0.0], [0.0, 1.0]])
    NearestDistances(to_real=0.5, from_real=2.1213203435596424)
    """
    real, fake = neighbors.checked_pair(real, fake, k=1)
    squared_to_real = np.full(len(fake), np.inf)
    squared_from_real = np.empty(len(real))
    for part, squares in neighbors.squared_distances(real, fake):
        squared_to_real = np.minimum(squared_to_real, squares.min(axis=0))
        squared_from_real[part] = squares.min(axis=1)
    return NearestDistances(float(np.sqrt(squared_to_real).mean()), float(np.sqrt(squared_from_real).mean()))
