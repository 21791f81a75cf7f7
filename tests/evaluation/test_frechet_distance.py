import numpy as np
import pytest
import scipy.linalg
import tensorflow as tf

from wirgan_tf.evaluation import frechet_distance
from wirgan_tf.evaluation.tfgan import formulas


def with_moments(mean, covariance):
    """[2d, d] points whose sample mean and unbiased covariance are exactly those given."""
    mean, covariance = np.asarray(mean, float), np.asarray(covariance, float)
    count = 2 * len(mean)
    root = scipy.linalg.sqrtm(covariance * (count - 1) / 2)
    return np.concatenate([mean + root, mean - root])


def features(seed, count=300, width=24):
    random = np.random.default_rng(seed)
    return np.maximum(random.normal(size=(count, width)) @ random.normal(size=(width, width)) + seed, 0)


def by_sqrtm(real, fake):
    first, second = np.cov(real.T), np.cov(fake.T)
    root = scipy.linalg.sqrtm(first @ second).real
    return np.sum((real.mean(0) - fake.mean(0)) ** 2) + np.trace(first + second - 2 * root)


def test_gaussians_of_known_moments():
    real = with_moments([0, 0, 0], np.diag([1, 4, 9]))
    fake = with_moments([1, 2, -2], np.diag([4, 4, 1]))
    # |(1, 2, -2)|^2 + (1 - 2)^2 + (2 - 2)^2 + (3 - 1)^2
    assert frechet_distance(real, fake) == pytest.approx(9 + 1 + 0 + 4)


def test_covariances_that_do_not_commute():
    real = with_moments([0, 0], [[2, 1], [1, 2]])
    fake = with_moments([0, 0], [[2, 0], [0, 8]])
    # The eigenvalues of the product [[4, 8], [2, 16]] have sum 20 and product 48: (a + b)^2 = 20 + 2 sqrt(48).
    assert frechet_distance(real, fake) == pytest.approx(4 + 10 - 2 * np.sqrt(20 + 2 * np.sqrt(48)))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_agrees_with_scipy_and_tfgan(dtype):
    real, fake = features(0).astype(dtype), features(1).astype(dtype)
    oracle = formulas().frechet_classifier_distance_from_activations(tf.constant(real), tf.constant(fake))
    assert frechet_distance(real, fake) == pytest.approx(by_sqrtm(real, fake), rel=1e-4)
    assert frechet_distance(real, fake) == pytest.approx(float(oracle), rel=1e-4)
    assert frechet_distance(real, fake) == pytest.approx(frechet_distance(fake, real), rel=1e-6)


def test_identical_sets_are_at_distance_0():
    real = features(3)
    assert frechet_distance(real, real) == pytest.approx(0, abs=1e-6)
    assert isinstance(frechet_distance(tf.constant(real), tf.constant(real)), float)


def test_more_features_than_samples_warns_and_stays_exact():
    real, fake = features(0, count=20), features(1, count=20)
    real[:, 3] = 0
    with pytest.warns(UserWarning, match="rank deficient: 20 samples for 24 features"):
        distance = frechet_distance(real, fake)
    # Tr (C1 C2)^(1/2) is also the sum of singular values of the centred cross product.
    centred = [set_ - set_.mean(0) for set_ in (real, fake)]
    root = np.linalg.svd(centred[0] @ centred[1].T, compute_uv=False).sum() / 19
    traces = sum(np.trace(np.cov(set_.T)) for set_ in (real, fake))
    assert distance == pytest.approx(np.sum((real.mean(0) - fake.mean(0)) ** 2) + traces - 2 * root, rel=1e-6)


def test_collapsed_samples():
    real, fake = features(0), np.ones((50, 24))
    expected = np.sum((real.mean(0) - 1) ** 2) + np.trace(np.cov(real.T))
    assert frechet_distance(real, fake) == pytest.approx(expected)
    assert frechet_distance(fake, real) == pytest.approx(expected)


def test_enough_samples_do_not_warn(recwarn):
    frechet_distance(features(0), features(1))
    assert [str(warning.message) for warning in recwarn if issubclass(warning.category, UserWarning)] == []


@pytest.mark.parametrize(("real", "fake", "message"), [
    (np.zeros((3, 4)), np.zeros((3, 5)), "real has 4, fake has 5"),
    (np.zeros((3, 4)), np.zeros(4), r"fake has shape \[4\]; expected \[n, d\]"),
    (np.zeros((1, 4)), np.zeros((3, 4)), "real has 1 rows; this measure needs at least 2"),
    (np.zeros((3, 4)), np.full((3, 4), np.nan), "fake has NaN or infinity in 3 of 3 rows"),
    (np.full((3, 4), np.inf), np.zeros((3, 4)), "real has NaN or infinity"),
])
def test_errors(real, fake, message):
    with pytest.raises(ValueError, match=message):
        frechet_distance(real, fake)
