"""Precision, recall, density and coverage against scikit-learn's neighbours and hand-computed cases."""

import numpy as np
import pytest
import tensorflow as tf
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors

from wirgan_tf.evaluation import density_coverage, neighbors, precision_recall


def features(seed, count, shift=0.0, width=12):
    return np.random.default_rng(seed).normal(size=(count, width)) + shift


def radii(rows, k):
    return NearestNeighbors(n_neighbors=k).fit(rows).kneighbors()[0][:, -1]


@pytest.fixture(params=[None, 7], ids=["one tile", "tiles of 7"])
def tiles(request, monkeypatch):
    if request.param:
        monkeypatch.setattr(neighbors, "_TILE", request.param)


@pytest.mark.usefixtures("tiles")
@pytest.mark.parametrize("shift", [0.0, 0.8])
def test_agree_with_scikit_learn(shift):
    real, fake = features(0, 90), features(1, 110, shift)
    between = pairwise_distances(real, fake)
    precision = (between <= radii(real, 3)[:, None]).any(axis=0).mean()
    recall = (between <= radii(fake, 3)).any(axis=1).mean()
    inside = between < radii(real, 5)[:, None]
    density, coverage = inside.sum() / (5 * 110), inside.any(axis=1).mean()
    assert precision_recall(tf.constant(real), tf.constant(fake)) == pytest.approx((precision, recall), rel=1e-3)
    assert density_coverage(real, fake) == pytest.approx((density, coverage), rel=1e-3)


@pytest.mark.usefixtures("tiles")
def test_identical_sets():
    real = features(0, 60).astype(np.float32)
    assert precision_recall(real, real) == (1.0, 1.0)
    assert density_coverage(real, real) == pytest.approx((1.0, 1.0), abs=0.05)


def test_sets_far_apart():
    assert precision_recall(features(0, 30), features(1, 30, 100.0)) == (0.0, 0.0)
    assert density_coverage(features(0, 30), features(1, 30, 100.0)) == (0.0, 0.0)


def test_copies_of_one_real_sample_are_precise_and_recall_nothing_else():
    real = features(0, 50)
    copies = np.repeat(real[:1], 50, axis=0)
    assert precision_recall(real, copies) == (1.0, 0.02)


def test_far_from_the_origin_nothing_is_rounded_away():
    real, fake = features(0, 80), features(1, 80)
    assert precision_recall(real + 1e6, fake + 1e6) == precision_recall(real, fake)


def test_memory_stays_bounded(monkeypatch):
    monkeypatch.setattr(neighbors, "_ENTRIES", 500)
    largest = max(block.size for _, block in neighbors.squared_distances(features(0, 100), features(1, 120)))
    assert largest <= 500


@pytest.mark.parametrize("measure", [precision_recall, density_coverage])
@pytest.mark.parametrize(("real", "fake", "k", "message"), [
    (features(0, 9), features(0, 3), 3, "fake has 3 rows; this measure needs at least 4"),
    (features(0, 9), features(0, 9, width=3), 3, "real has 12, fake has 3"),
    (features(0, 9), features(0, 9), 0, "k=0"),
    (features(0, 9), features(0, 9) * np.nan, 3, "NaN"),
])
def test_errors(measure, real, fake, k, message):
    with pytest.raises(ValueError, match=message):
        measure(real, fake, k=k)
