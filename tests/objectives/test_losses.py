"""Two numbers derived by hand for every loss, under its default hyperparameters.

Real scores s = (1, 3), generated scores r = (0, 2); the pairs of images are 2 and 1/2 apart; the codes of the generated
images are at 45 degrees.
"""

import math

import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.objectives import OBJECTIVES, Scores, build_objective, checked_scores, checked_scores_and_codes

SCORES = Scores(
    tf.constant([1.0, 3.0]), tf.constant([0.0, 2.0]),
    tf.reshape([1.0, 1.0, 0.5, -0.5], [2, 2, 1, 1]), tf.reshape([-1.0, -1.0, 0.0, 0.0], [2, 2, 1, 1]),
    tf.constant([[1.0, 0.0], [1.0, 1.0]]))


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
    # ((0 + 4) / 2 + (1 + 9) / 2) / 2;  (0 + 4) / 2 / 2
    "lsgan": (3.5, 1.0),
    # Jensen-Shannon: the GAN's losses, shifted by log 2 for each expectation
    "f_gan": ((sp(-1) + sp(-3) + sp(0) + sp(2)) / 2 - 2 * math.log(2), math.log(2) - (sp(0) + sp(2)) / 2),
    # l(x) = (sp(-1), sp(-3)) = (0.31, 0.05), l(G) = (sp(0), sp(-2)) = (0.69, 0.13): both violate, 2 and 1/2 + ... > 0
    # E[l(x)] + 10 (2 + sp(-1) - sp(0) + 1/2 + sp(-3) - sp(-2)) / 2;  E[l(G)]
    "ls_gan": (5.5 * (sp(-1) + sp(-3)) + 5 * (2.5 - sp(0) - sp(-2)), (sp(0) + sp(-2)) / 2),
    # l(x) = (-1, -3), l(G) = (0, -2): margin + l(x) - l(G) = (2 - 1 - 0, 1/2 - 3 + 2) = (1, -1/2)
    # (1 - 1/4) / 2;  (0 - 2) / 2
    "gls_gan": (0.375, -1.0),
    # e(x) = (-1, -3), [0.1 - e(G)]+ = (0.1, 2.1): -2 + 1.1;  -1 + 0.1 cos^2 45 degrees
    "ebgan": (-0.9, -0.95),
    # k = 0 at first: E[e(x)] = -2;  E[e(G)] = -1
    "began": (-2.0, -1.0),
    # (0 + 0) / 2 + (1 + 3) / 2;  -E[r]
    "hinge": (2.0, -1.0),
}


@pytest.mark.parametrize("name", OBJECTIVES)
def test_losses(name):
    objective = build_objective(Config(objective=name))
    critic_loss, generator_loss = EXPECTED[name]
    assert float(objective.critic_loss(SCORES)) == pytest.approx(critic_loss, rel=1e-6)
    assert float(objective.generator_loss(SCORES)) == pytest.approx(generator_loss, rel=1e-6)


def losses_and_gradients(objective, values):
    values = tf.Variable(values)
    with tf.GradientTape(persistent=True) as tape:
        scores = SCORES._replace(real=values, fake=values)
        losses = objective.critic_loss(scores), objective.generator_loss(scores)
    return [*losses, *(tape.gradient(loss, values) for loss in losses)]


@pytest.mark.parametrize("name", OBJECTIVES)
def test_losses_and_their_gradients_stay_finite_for_huge_scores(name):
    for value in losses_and_gradients(build_objective(Config(objective=name)), [1e4, -1e4]):
        assert bool(tf.reduce_all(tf.math.is_finite(value)))


def test_minimax_is_minus_the_generated_half_of_the_critics_loss():
    minimax = build_objective(Config(objective="gan_minimax"))
    real_half = tf.reduce_mean(tf.nn.softplus(-SCORES.real))
    assert float(minimax.generator_loss(SCORES) + minimax.critic_loss(SCORES) - real_half) == pytest.approx(0, abs=1e-6)


def test_hinge_asks_for_a_margin_on_both_sides():
    scores = SCORES._replace(real=tf.constant([0.0, 2.0]), fake=tf.constant([-2.0, 0.5]))
    # ([1 - 0]+ + [1 - 2]+) / 2 + ([1 - 2]+ + [1 + 1/2]+) / 2
    assert float(build_objective(Config(objective="hinge")).critic_loss(scores)) == pytest.approx(0.5 + 0.75)


def test_targets_of_least_squares():
    """The other targets of Mao et al., (a, b, c) = (0, 1, 1)."""
    objective = build_objective(Config(objective="lsgan", fake_target=0.0, real_target=1.0, generator_target=1.0))
    assert float(objective.critic_loss(SCORES)) == pytest.approx(((0 + 4) / 2 + (0 + 4) / 2) / 2)
    assert float(objective.generator_loss(SCORES)) == pytest.approx((1 + 1) / 2 / 2)


def test_generalised_loss_sensitivity_has_wgan_and_ls_gan_for_its_ends():
    """v = 1 is WGAN but for the mean margin, (2 + 1/2) / 2; v = 0 is what lambda weights in LS-GAN."""
    values = [0.3, -0.7]
    wgan = losses_and_gradients(build_objective(Config(objective="wgan")), values)
    one = losses_and_gradients(build_objective(Config(objective="gls_gan", slope=1.0)), values)
    assert float(one[0] - wgan[0]) == pytest.approx(1.25)
    for mine, theirs in zip(one[1:], wgan[1:], strict=True):
        tf.debugging.assert_near(mine, theirs)
    losses = SCORES._replace(real=-tf.nn.softplus(-SCORES.real), fake=-tf.nn.softplus(-SCORES.fake))
    zero = build_objective(Config(objective="gls_gan", slope=0.0)).critic_loss(losses)
    once, twice = (build_objective(Config(objective="ls_gan", margin_weight=weight)).critic_loss(SCORES)
                   for weight in (1.0, 2.0))
    assert float(twice - once) == pytest.approx(float(zero))


def test_the_loss_of_ls_gan_does_not_fall_when_all_scores_rise():
    """The margins do not see a number added to every loss, and E[l(x)] is at least 0."""
    objective = build_objective(Config(objective="ls_gan"))
    higher = SCORES._replace(real=SCORES.real + 50.0, fake=SCORES.fake + 50.0)  # l = 0: margins
    assert float(objective.critic_loss(higher)) == pytest.approx(10 * (2 + 0.5) / 2)
    kept = SCORES._replace(real=tf.constant([50.0, 50.0]), fake=tf.constant([-2.0, -0.5]))  # l(G) = 2.13, 0.97
    assert float(objective.critic_loss(kept)) == pytest.approx(0.0)


def test_the_margin_is_no_business_of_the_generators():
    """Images far apart ask for scores far apart; the generator's loss is blind to it."""
    objective = build_objective(Config(objective="gls_gan"))
    apart = SCORES._replace(real_data=SCORES.real_data + 4.0)  # margins (6, 4): excesses (5, 3)
    assert float(objective.critic_loss(apart)) == pytest.approx((5 + 3) / 2)
    generated = Scores(None, SCORES.fake, None, SCORES.fake_data)
    assert float(objective.generator_loss(generated)) == pytest.approx(-1.0)


def test_scores_that_would_broadcast_are_refused():
    with pytest.raises(ValueError, match=r"scores of shape \(4, 1\).*expected one score for each image"):
        checked_scores(lambda images, training, update_statistics: images, tf.zeros([4, 1]), training=True)


def test_codes_of_another_shape_are_refused():
    class Critic:
        def scores_and_codes(self, images, training, update_statistics):
            return images[:, 0], images[:, :, None]

    with pytest.raises(ValueError, match=r"codes of shape \(4, 2, 1\).*expected one vector for each image"):
        checked_scores_and_codes(Critic(), tf.zeros([4, 2]), training=True)
