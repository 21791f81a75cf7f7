"""Points placed by hand about known modes."""

import numpy as np
import pytest

from wirgan_tf.data.points import GAUSSIANS_8, GAUSSIANS_25
from wirgan_tf.evaluation import mode_coverage

CENTRES = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])


def test_by_hand():
    # sigma 1: good within 3. Two good points at the first mode, one (at distance exactly 3) at the second, none at the
    # third, whose only point is 3.1 away; one in the middle of nowhere.
    points = [[0.0, 0.0], [2.0, -2.0], [10.0, 3.0], [0.0, 13.1], [5.0, 5.0]]
    assert mode_coverage(points, CENTRES, sigma=1.0) == (2, 3, 3 / 5, 0.0)
    # a point more at the third: each mode would have 2 of the 6 if all were good, the rarest have 1
    assert mode_coverage([*points, [0.5, 10.0]], CENTRES, sigma=1.0) == (3, 3, 4 / 6, 1 / 2)


def test_a_point_near_two_modes_counts_for_the_nearest():
    assert mode_coverage([[0.9, 0.0]], [[0.0, 0.0], [2.0, 0.0]], sigma=1.0).covered == 1


@pytest.mark.parametrize("mixture", [GAUSSIANS_8, GAUSSIANS_25])
def test_the_mixture_itself(mixture):
    count = 100_000
    random = np.random.default_rng(0)
    points = mixture.centres[np.arange(count) % len(mixture.centres)] + random.normal(size=(count, 2)) * mixture.sigma
    found = mode_coverage(points, mixture.centres, mixture.sigma)
    assert found.covered == found.modes == len(mixture.centres)
    expected = 1 - np.exp(-9 / 2)  # P(|N(0, I)| <= 3): the squared norm is exponential with mean 2
    assert found.good_share == pytest.approx(expected, abs=3 * np.sqrt(expected * (1 - expected) / count))
    assert found.rarest_share == pytest.approx(expected, abs=0.01)


def test_collapse_is_seen():
    points = np.tile(GAUSSIANS_25.centres[7], (100, 1))
    assert mode_coverage(points, GAUSSIANS_25.centres, GAUSSIANS_25.sigma) == (1, 25, 1.0, 0.0)


@pytest.mark.parametrize(("points", "message"), [
    (np.zeros((3, 3)), "points has 3, centres has 2"),
    (np.zeros(3), r"points has shape \[3\]"),
    (np.full((3, 2), np.nan), "NaN or infinity in 3 of 3"),
])
def test_errors(points, message):
    with pytest.raises(ValueError, match=message):
        mode_coverage(points, CENTRES, sigma=1.0)
