"""Two numbers derived by hand for every loss, under its default hyperparameters.

Real scores s = (1, 3), generated scores r = (0, 2); the pairs of images are 2 and 1/2 apart; the codes of the generated
images are at 45 degrees.
"""

import math
import re

import pytest
import tensorflow as tf

from wirgan_tf.objectives import OBJECTIVES, Scores, check_features, check_scores
from wirgan_tf.objectives.gan import Minimax
from wirgan_tf.objectives.gls_gan import GeneralizedLossSensitive
from wirgan_tf.objectives.hinge import Hinge
from wirgan_tf.objectives.ls_gan import LossSensitive
from wirgan_tf.objectives.lsgan import LeastSquares
from wirgan_tf.objectives.wgan import Wasserstein

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
    # s - r = (1, 1): (sp(-1) + sp(-1)) / 2;  r - s = (-1, -1): (sp(1) + sp(1)) / 2
    "relativistic": (sp(-1), sp(1)),
    # E[r] = 1, E[s] = 2: s - E[r] = (0, 2), r - E[s] = (-2, 0)
    # (sp(0) + sp(-2)) / 2 + (sp(-2) + sp(0)) / 2;  (sp(2) + sp(0)) / 2 + (sp(0) + sp(2)) / 2
    "relativistic_average": (sp(0) + sp(-2), sp(0) + sp(2)),
}


def at_first(name):
    """The objective `name` under its defaults, and the scores with what it remembers at first."""
    objective = OBJECTIVES[name]()
    return objective, SCORES._replace(state=objective.initial_state)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_losses(name):
    objective, scores = at_first(name)
    critic_loss, generator_loss = EXPECTED[name]
    assert float(objective.critic_loss(scores)) == pytest.approx(critic_loss, rel=1e-6)
    assert float(objective.generator_loss(scores)) == pytest.approx(generator_loss, rel=1e-6)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_the_generators_loss_needs_what_the_objective_declares_alone(name):
    """Where they are not needed, no real images are scored and no codes are kept."""
    objective, scores = at_first(name)
    if not objective.needs_real_scores:
        scores = scores._replace(real=None, real_data=None)
    if not objective.needs_features:
        scores = scores._replace(fake_features=None)
    assert float(objective.generator_loss(scores)) == pytest.approx(EXPECTED[name][1], rel=1e-6)


@pytest.mark.parametrize("name", [name for name in OBJECTIVES if OBJECTIVES[name].needs_real_scores])
def test_real_scores_that_are_needed_move_the_generators_loss(name):
    objective, scores = at_first(name)
    higher = scores._replace(real=scores.real + 1.0)
    assert float(objective.generator_loss(higher)) > float(objective.generator_loss(scores)) + 0.1


@pytest.mark.parametrize("name", OBJECTIVES)
def test_scores_of_patches_count_as_those_of_images(name):
    """Two images of two patches each have the losses of four images, where each stands for both of its patches."""
    objective, scores = at_first(name)
    real, fake = tf.constant([1.0, 3.0, -2.0, 0.5]), tf.constant([0.0, 2.0, 1.0, -1.0])
    patches = scores._replace(real=tf.reshape(real, [2, 2]), fake=tf.reshape(fake, [2, 2]))
    flat = scores._replace(real=real, fake=fake, real_data=tf.repeat(scores.real_data, 2, axis=0),
                           fake_data=tf.repeat(scores.fake_data, 2, axis=0))
    for loss in (objective.critic_loss, objective.generator_loss):
        assert loss(patches).shape == ()
        assert float(loss(patches)) == pytest.approx(float(loss(flat)), rel=1e-6)


def losses_and_gradients(objective, values):
    values = tf.Variable(values)
    with tf.GradientTape(persistent=True) as tape:
        scores = SCORES._replace(real=values, fake=values, state=objective.initial_state)
        losses = objective.critic_loss(scores), objective.generator_loss(scores)
    return [*losses, *(tape.gradient(loss, values) for loss in losses)]


@pytest.mark.parametrize("name", OBJECTIVES)
def test_losses_and_their_gradients_stay_finite_for_huge_scores(name):
    for value in losses_and_gradients(OBJECTIVES[name](), [1e4, -1e4]):
        assert bool(tf.reduce_all(tf.math.is_finite(value)))


def test_minimax_is_minus_the_generated_half_of_the_critics_loss():
    minimax = Minimax()
    real_half = tf.reduce_mean(tf.nn.softplus(-SCORES.real))
    assert float(minimax.generator_loss(SCORES) + minimax.critic_loss(SCORES) - real_half) == pytest.approx(0, abs=1e-6)


def test_hinge_asks_for_a_margin_on_both_sides():
    scores = SCORES._replace(real=tf.constant([0.0, 2.0]), fake=tf.constant([-2.0, 0.5]))
    # ([1 - 0]+ + [1 - 2]+) / 2 + ([1 - 2]+ + [1 + 1/2]+) / 2
    assert float(Hinge().critic_loss(scores)) == pytest.approx(0.5 + 0.75)


def test_targets_of_least_squares():
    """The other targets of Mao et al., (a, b, c) = (0, 1, 1)."""
    objective = LeastSquares(fake_target=0.0, real_target=1.0, generator_target=1.0)
    assert float(objective.critic_loss(SCORES)) == pytest.approx(((0 + 4) / 2 + (0 + 4) / 2) / 2)
    assert float(objective.generator_loss(SCORES)) == pytest.approx((1 + 1) / 2 / 2)


def test_generalised_loss_sensitivity_has_wgan_and_ls_gan_for_its_ends():
    """v = 1 is WGAN but for the mean margin, (2 + 1/2) / 2; v = 0 is what lambda weights in LS-GAN."""
    values = [0.3, -0.7]
    wgan = losses_and_gradients(Wasserstein(), values)
    one = losses_and_gradients(GeneralizedLossSensitive(slope=1.0), values)
    assert float(one[0] - wgan[0]) == pytest.approx(1.25)
    for mine, theirs in zip(one[1:], wgan[1:], strict=True):
        tf.debugging.assert_near(mine, theirs)
    losses = SCORES._replace(real=-tf.nn.softplus(-SCORES.real), fake=-tf.nn.softplus(-SCORES.fake))
    zero = GeneralizedLossSensitive(slope=0.0).critic_loss(losses)
    once, twice = (LossSensitive(margin_weight=weight).critic_loss(SCORES) for weight in (1.0, 2.0))
    assert float(twice - once) == pytest.approx(float(zero))


def test_the_loss_of_ls_gan_does_not_fall_when_all_scores_rise():
    """The margins do not see a number added to every loss, and E[l(x)] is at least 0."""
    objective = LossSensitive()
    higher = SCORES._replace(real=SCORES.real + 50.0, fake=SCORES.fake + 50.0)  # l = 0: margins
    assert float(objective.critic_loss(higher)) == pytest.approx(10 * (2 + 0.5) / 2)
    kept = SCORES._replace(real=tf.constant([50.0, 50.0]), fake=tf.constant([-2.0, -0.5]))  # l(G) = 2.13, 0.97
    assert float(objective.critic_loss(kept)) == pytest.approx(0.0)


def test_the_margin_is_the_critics_alone():
    """Images far apart ask for scores far apart; the generator's loss does not depend on it."""
    objective = GeneralizedLossSensitive()
    apart = SCORES._replace(real_data=SCORES.real_data + 4.0)  # margins (6, 4): excesses (5, 3)
    assert float(objective.critic_loss(apart)) == pytest.approx((5 + 3) / 2)
    generated = Scores(None, SCORES.fake, None, SCORES.fake_data)
    assert float(objective.generator_loss(generated)) == pytest.approx(-1.0)


@pytest.mark.parametrize("shape", [(4, 1), (4, 3, 3), ()])
def test_scores_that_would_broadcast_are_refused(shape):
    with pytest.raises(ValueError, match=rf"scores of shape {re.escape(str(shape))} .*expected one score for each"):
        check_scores(tf.zeros(shape), tf.zeros([4, 2]))


@pytest.mark.parametrize("shape", [(4,), (4, 9)])
def test_scores_of_images_or_patches_are_taken(shape):
    scores = tf.zeros(shape)
    assert check_scores(scores, tf.zeros([4, 2])) is scores


def test_features_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"features of shape \(4, 2, 1\).*expected one vector for each image"):
        check_features(tf.zeros([4, 2, 1]), tf.zeros([4, 2]))
    codes = tf.zeros([4, 2])
    assert check_features(codes, tf.zeros([4, 2])) is codes
