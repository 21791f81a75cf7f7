"""Which modes of a mixture of Gaussians are drawn, and how well (Srivastava et al. 2017, arXiv 1705.07761, 4.1)."""

from typing import NamedTuple

import numpy as np

from wirgan_tf.evaluation import checks

REACH = 3.0  # deviations from its mode within which a point is good; 98.9 % of a round Gaussian in the plane


class ModeCoverage(NamedTuple):
    """How much of a mixture a set of points covers.

    covered: modes with at least one good point.
    modes: of the mixture.
    good_share: share of the points that are good, in [0, 1].
    rarest_share: good points of the rarest mode, divided by their number if all points were good and modes equally
      frequent: 0 when a mode is not covered, about 1 for the mixture itself.
    """

    covered: int
    modes: int
    good_share: float
    rarest_share: float


def mode_coverage(points: np.ndarray, centres: np.ndarray, sigma: float) -> ModeCoverage:
    """How many of a mixture's modes `points` cover; a point is good within 3 sigma of its nearest mode.

    Args:
      points: [n, d], generated.
      centres: [modes, d], of round Gaussians of equal weight.
      sigma: deviation of each coordinate, the same for all modes.

    Raises: `ValueError` for points or centres of another shape, or that are not finite.

    >>> mode_coverage([[0.0, 0.2], [0.0, 0.4], [4.0, 0.1], [0.2, 0.0]], centres=[[0.0, 0.0], [4.0, 0.0]], sigma=0.1)
    ModeCoverage(covered=2, modes=2, good_share=0.75, rarest_share=0.5)
    """
    points, centres = checks.rows(minimum=1, points=points, centres=centres)
    distances = np.linalg.norm(points[:, None] - centres, axis=-1)  # [n, modes]
    good = distances.min(axis=1) <= REACH * sigma
    of_each_mode = np.bincount(distances.argmin(axis=1)[good], minlength=len(centres))
    return ModeCoverage(int((of_each_mode > 0).sum()), len(centres), float(good.mean()),
                        float(of_each_mode.min() * len(centres) / len(points)))
