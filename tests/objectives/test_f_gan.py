"""The six divergences against their definitions: the convex function f and its conjugate, a supremum."""

import math

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.objectives import DIVERGENCES, Scores
from wirgan_tf.objectives.f_gan import FDivergence
from wirgan_tf.parts import setting_fields

# f(u) of table 1 of Nowozin et al., by which D_f(P || Q) = E_Q[f(p / q)].
FUNCTIONS = {
    "kl": lambda u: u * np.log(u),
    "reverse_kl": lambda u: -np.log(u),
    "pearson": lambda u: (u - 1) ** 2,
    "squared_hellinger": lambda u: (np.sqrt(u) - 1) ** 2,
    "jensen_shannon": lambda u: -(u + 1) * np.log((1 + u) / 2) + u * np.log(u),
    "gan": lambda u: u * np.log(u) - (u + 1) * np.log(u + 1),
}
EXPONENTIAL = ("kl", "reverse_kl", "squared_hellinger")


@pytest.mark.parametrize("name", DIVERGENCES)
def test_conjugate_is_the_supremum(name):
    """f*(t) = sup over u > 0 of u t - f(u), on a fine grid, at t = g(v)."""
    u = np.exp(np.linspace(-12, 12, 400_001))
    for v in (-1.5, -0.3, 0.0, 0.8, 2.0):
        divergence, score = DIVERGENCES[name], tf.constant(v)
        supremum = np.max(u * float(divergence.activation(score)) - FUNCTIONS[name](u))
        assert float(divergence.conjugate(score)) == pytest.approx(supremum, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("name", DIVERGENCES)
def test_the_bound_is_tight_at_the_best_critic(name):
    """For P = (3/4, 1/4) and Q = (1/4, 3/4) the best scores give D_f exactly, and others give less.

    The best t is f'(p / q), here by a difference of f; the score is found by bisection, since g rises.
    """
    f, objective = FUNCTIONS[name], FDivergence(name)
    p, q = np.array([0.75, 0.25]), np.array([0.25, 0.75])
    slopes = (f(p / q + 1e-6) - f(p / q - 1e-6)) / 2e-6
    low, high = np.full(2, -10.0), np.full(2, 10.0)
    for _ in range(60):
        middle = (low + high) / 2
        above = DIVERGENCES[name].activation(tf.constant(middle)).numpy() > slopes
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    best = (low + high) / 2

    def bound(v):  # of four points each, in the proportions of P and of Q
        return -float(objective.critic_loss(Scores(tf.constant(v[[0, 0, 0, 1]]), tf.constant(v[[0, 1, 1, 1]]), None,
                                                   None)))

    assert bound(best) == pytest.approx(np.sum(q * f(p / q)), rel=1e-5)
    for change in ([0.1, 0.0], [-0.1, 0.0], [0.0, 0.1], [0.0, -0.1]):
        assert bound(best + change) < bound(best)


def test_losses_by_hand():
    """s = (1, 3), r = (0, 2)."""
    scores = Scores(tf.constant([1.0, 3.0]), tf.constant([0.0, 2.0]), None, None)
    exp = math.exp
    expected = {  # -E[g(s)], E[f*(g(r))]
        "kl": (-2.0, (exp(-1) + exp(1)) / 2),
        "reverse_kl": ((exp(-1) + exp(-3)) / 2, (-1 + 1) / 2),
        "pearson": (-2.0, (0 + 3) / 2),
        "squared_hellinger": ((exp(-1) + exp(-3)) / 2 - 1, (0 + exp(2) - 1) / 2),
    }
    for name, (real, fake) in expected.items():
        assert float(FDivergence(name).critic_loss(scores)) == pytest.approx(real + fake, rel=1e-6)
        assert float(FDivergence(name).generator_loss(scores)) == pytest.approx(-fake, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("name", DIVERGENCES)
def test_nothing_overflows_that_need_not(name):
    """Three divergences are exponential by nature; the others stay finite at any score."""
    largest = 80.0 if name in EXPONENTIAL else 1e4
    scores = tf.Variable([largest, -largest])
    with tf.GradientTape() as tape:
        loss = FDivergence(name).critic_loss(Scores(scores, scores, None, None))
    assert math.isfinite(float(loss))
    assert bool(tf.reduce_all(tf.math.is_finite(tape.gradient(loss, scores))))


def test_the_setting_offers_what_there_is():
    assert setting_fields(FDivergence)["divergence"].metadata["choices"] == tuple(DIVERGENCES)
    with pytest.raises(ValueError, match="divergence=kll: the choices are kl, reverse_kl"):
        Config(objective="f_gan", divergence="kll")


@pytest.mark.parametrize("name", DIVERGENCES)
def test_an_image_real_or_generated_with_equal_chance_has_the_even_score(name):
    """There the bound g(v) - f*(g(v)) is greatest."""
    divergence = DIVERGENCES[name]
    scores = tf.linspace(-3.0, 3.0, 601)
    bound = divergence.activation(scores) - divergence.conjugate(scores)
    assert float(scores[tf.argmax(bound)]) == pytest.approx(divergence.even, abs=0.011)
