"""Two numbers derived by hand for every loss. real scores s = (1, 3), generated scores r = (0, 2)."""

import math

import pytest
import tensorflow as tf

from wirgan_tf.objectives import OBJECTIVES, Scores, checked_scores

SCORES = Scores(tf.constant([1.0, 3.0]), tf.constant([0.0, 2.0]), None, None)


def sp(x):
    return math.log1p(math.exp(x))


# name: (critic loss, generator loss)
EXPECTED = {
    # E[r] - E[s] = 1 - 2;  -E[r] = -1
    "wgan": (-1.0, -1.0),
    # (sp(-1) + sp(-3)) / 2 + (sp(0) + sp(2)) / 2;  (sp(0) + sp(-2)) / 2
    "gan": ((sp(-1) + sp(-3) + sp(0) + sp(2)) / 2, (sp(0) + sp(-2)) / 2),
    # the same;  -(sp(0) + sp(2)) / 2
    "gan_minimax": ((sp(-1) + sp(-3) + sp(0) + sp(2)) / 2, -(sp(0) + sp(2)) / 2),
}


@pytest.mark.parametrize("name", OBJECTIVES)
def test_losses(name):
    objective = OBJECTIVES[name]()
    critic_loss, generator_loss = EXPECTED[name]
    assert float(objective.critic_loss(SCORES)) == pytest.approx(critic_loss, rel=1e-6)
    assert float(objective.generator_loss(SCORES)) == pytest.approx(generator_loss, rel=1e-6)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_losses_and_their_gradients_stay_finite_for_huge_scores(name):
    huge = tf.Variable([1e4, -1e4])
    with tf.GradientTape(persistent=True) as tape:
        scores = Scores(huge, huge, None, None)
        losses = OBJECTIVES[name]().critic_loss(scores), OBJECTIVES[name]().generator_loss(scores)
    for loss in losses:
        assert math.isfinite(float(loss))
        assert bool(tf.reduce_all(tf.math.is_finite(tape.gradient(loss, huge))))


def test_minimax_is_minus_the_generated_half_of_the_critics_loss():
    minimax = OBJECTIVES["gan_minimax"]()
    real_half = tf.reduce_mean(tf.nn.softplus(-SCORES.real))
    assert float(minimax.generator_loss(SCORES) + minimax.critic_loss(SCORES) - real_half) == pytest.approx(0, abs=1e-6)


def test_scores_that_would_broadcast_are_refused():
    with pytest.raises(ValueError, match=r"scores of shape \(4, 1\).*expected one score for each image"):
        checked_scores(lambda images, training, update_statistics: images, tf.zeros([4, 1]), training=True)
