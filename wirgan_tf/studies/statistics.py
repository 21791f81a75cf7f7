"""Means over training seeds, and differences between models on equal seeds."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

LEVEL = 0.95  # of intervals
BETTER, WORSE, NOT_TOLD_APART = "better", "worse", "not told apart"


class Summary(NamedTuple):
    """One measure over training seeds: mean, standard deviation (n - 1; None for a single run), number of runs."""

    mean: float
    deviation: float | None
    count: int

    def shown(self, digits: str = ".4g") -> str:
        """Mean ± deviation, the mean with these digits."""
        return f"{self.mean:{digits}}" + ("" if self.deviation is None else f" ± {self.deviation:.2g}")


class Difference(NamedTuple):
    """The difference in one measure between two models trained with the same seeds.

    mean: of a - b over the seeds.
    interval: of that mean, 95 %, by Student's t with count - 1 degrees of freedom; None for a single seed.
    count: seeds that both have.
    verdict: on a against b: "better" or "worse" when the interval is on one side of 0, else "not told apart".
    """

    mean: float
    interval: tuple[float, float] | None
    count: int
    verdict: str


def summary(values: Sequence[float]) -> Summary:
    """Mean and standard deviation of one value or more.

    >>> summary([1.0, 2.0, 3.0])
    Summary(mean=2.0, deviation=1.0, count=3)
    """
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else None
    return Summary(float(np.mean(values)), deviation, len(values))


def paired_difference(a: Mapping[int, float], b: Mapping[int, float], higher_is_better: bool) -> Difference | None:
    """How much more a has than b, seed by seed: an effect of the seed that both models share cancels out.

    Args:
      a, b: values by training seed.
      higher_is_better: which side of 0 is the better one for a.

    Returns: None when no seed is in both.

    >>> paired_difference({0: 5.0, 1: 6.0, 2: 7.5}, {0: 4.0, 1: 5.0, 2: 6.5}, higher_is_better=True)
    Difference(mean=1.0, interval=(1.0, 1.0), count=3, verdict='better')
    """
    differences = np.array([a[seed] - b[seed] for seed in a if seed in b])
    if not len(differences):
        return None
    mean, count = float(differences.mean()), len(differences)
    if count == 1:
        return Difference(mean, None, 1, NOT_TOLD_APART)
    reach = stats.t.ppf((1 + LEVEL) / 2, count - 1) * differences.std(ddof=1) / np.sqrt(count)
    low, high = float(mean - reach), float(mean + reach)
    if low <= 0 <= high:
        return Difference(mean, (low, high), count, NOT_TOLD_APART)
    return Difference(mean, (low, high), count, BETTER if (mean > 0) == higher_is_better else WORSE)
