"""Distances between points against scikit-learn's nearest neighbours and a hand-computed case."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from wirgan_tf.evaluation import nearest_distances, neighbors


def test_by_hand():
    # (3, 4) is 5 from the nearest real point, (0, 1) is 1; the real points are 0 + 1 and 5 - 1 away at the nearest
    found = nearest_distances(real=[[0.0, 0.0], [0.0, -4.0]], fake=[[3.0, 4.0], [0.0, 1.0]])
    assert found == pytest.approx((3.0, 3.0))


def test_agrees_with_scikit_learn_block_by_block(monkeypatch):
    monkeypatch.setattr(neighbors, "_ENTRIES", 500)
    random = np.random.default_rng(0)
    real, fake = random.normal(size=(90, 2)), random.normal(size=(120, 2)) + 0.5
    expected = [NearestNeighbors(n_neighbors=1).fit(others).kneighbors(points)[0].mean()
                for points, others in ((fake, real), (real, fake))]
    assert nearest_distances(real, fake) == pytest.approx(tuple(expected), rel=1e-9)


def test_identical_sets_are_no_distance_apart():
    points = np.random.default_rng(0).normal(size=(50, 2))
    assert nearest_distances(points, points) == (0.0, 0.0)


def test_errors():
    with pytest.raises(ValueError, match="real has 2, fake has 3"):
        nearest_distances(np.zeros((4, 2)), np.zeros((4, 3)))
