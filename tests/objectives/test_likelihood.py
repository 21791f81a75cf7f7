"""Both terms of the evidence lower bound by hand."""

import math

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.objectives.likelihood import bernoulli_cross_entropy, divergence_from_prior


def test_cross_entropy_by_hand():
    # pixels 1, 0, 1/2 and 3/4; means sigmoid(0) = 1/2, sigmoid(log 3) = 3/4, and again 3/4 and 1/2
    images = tf.reshape([1.0, -1.0, 0.0, 0.5], [1, 2, 2, 1])
    logits = tf.reshape([0.0, math.log(3), math.log(3), 0.0], [1, 2, 2, 1])
    expected = -(math.log(1 / 2) + math.log(1 / 4) + (math.log(3 / 4) + math.log(1 / 4)) / 2 + math.log(1 / 2))
    np.testing.assert_allclose(bernoulli_cross_entropy(images, logits), [expected], rtol=1e-6)


def test_cross_entropy_is_the_mean_over_binarised_images():
    grey, black, white = (tf.fill([1, 1, 1, 1], value) for value in (-0.4, -1.0, 1.0))  # -0.4 is 0.3 of white
    logits = tf.fill([1, 1, 1, 1], 1.7)
    mean = 0.3 * bernoulli_cross_entropy(white, logits) + 0.7 * bernoulli_cross_entropy(black, logits)
    np.testing.assert_allclose(bernoulli_cross_entropy(grey, logits), mean, rtol=1e-6)


def test_confident_and_wrong_stays_finite():
    images = tf.constant([[[[1.0], [-1.0]]]])
    np.testing.assert_allclose(bernoulli_cross_entropy(images, -1e3 * images), [2e3])


@pytest.mark.parametrize(("mean", "variance", "expected"), [
    (0.0, 1.0, 0.0),
    (3.0, 1.0, 9 / 2),  # half the squared mean
    (0.0, math.e, (math.e - 1 - 1) / 2),  # (variance - log variance - 1) / 2
    (1.0, 1 / 4, (1 + 1 / 4 + math.log(4) - 1) / 2),
])
def test_divergence_by_hand(mean, variance, expected):
    shape = [2, 3, 5]  # T, B, latent: ten terms an image
    found = divergence_from_prior(tf.fill(shape, mean), tf.fill(shape, math.log(variance)))
    np.testing.assert_allclose(found, [10 * expected] * 3, rtol=1e-5, atol=1e-6)


def test_divergence_is_the_mean_of_the_log_ratio():
    """E_q[log q(z) - log p(z)] over many z drawn from q."""
    mean, deviation = 0.7, 0.4
    z = mean + deviation * np.random.default_rng(0).normal(size=200_000)
    log_ratio = (z**2 - ((z - mean) / deviation) ** 2) / 2 - math.log(deviation)
    found = divergence_from_prior(tf.fill([1, 1, 1], mean), tf.fill([1, 1, 1], 2 * math.log(deviation)))
    assert float(found[0]) == pytest.approx(log_ratio.mean(), abs=4 * log_ratio.std() / math.sqrt(len(z)))
