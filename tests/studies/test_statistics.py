"""Means and paired differences against SciPy's own paired test, and against numbers by hand."""

import numpy as np
import pytest
from scipy import stats

from wirgan_tf.studies import paired_difference, summary

A = {0: 8.1, 1: 7.6, 2: 8.4, 5: 8.0}
B = {0: 7.0, 1: 7.1, 2: 7.2, 5: 7.3, 9: 3.0}


def test_mean_and_deviation():
    assert summary([2.0, 4.0]) == (3.0, pytest.approx(2**0.5), 2)
    assert summary([2.5]) == (2.5, None, 1)


def test_the_interval_is_that_of_scipys_paired_test():
    found = paired_difference(A, B, higher_is_better=True)
    expected = stats.ttest_rel(list(A.values()), [B[seed] for seed in A])
    assert found.mean == pytest.approx(np.mean([1.1, 0.5, 1.2, 0.7]))
    assert found.interval == pytest.approx(tuple(expected.confidence_interval(0.95)))
    assert (found.count, found.verdict) == (4, "better")


def test_the_interval_by_hand():
    """t of one degree of freedom is 12.7062 at 0.975: 2 +- 12.7062 * sqrt(2) / sqrt(2)."""
    found = paired_difference({0: 3.0, 1: 5.0}, {0: 2.0, 1: 2.0}, higher_is_better=True)
    assert found.interval == pytest.approx((2 - 12.7062, 2 + 12.7062), abs=1e-4)
    assert found.verdict == "not told apart"


@pytest.mark.parametrize(("sign", "higher_is_better", "verdict"), [
    (1, True, "better"), (1, False, "worse"), (-1, True, "worse"), (-1, False, "better")])
def test_the_word_goes_by_the_measures_direction(sign, higher_is_better, verdict):
    a, b = ({seed: sign * value for seed, value in values.items()} for values in (A, B))
    assert paired_difference(a, b, higher_is_better).verdict == verdict


def test_what_tells_nothing_apart():
    assert paired_difference({0: 9.0}, {0: 1.0}, True) == (8.0, None, 1, "not told apart")
    assert paired_difference({0: 9.0}, {1: 1.0}, True) is None
    assert paired_difference({0: 1.0, 1: 2.0}, {0: 1.0, 1: 2.0}, True) == (0.0, (0.0, 0.0), 2, "not told apart")
