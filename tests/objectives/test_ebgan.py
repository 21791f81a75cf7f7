import pytest
import tensorflow as tf

from wirgan_tf.objectives import Scores
from wirgan_tf.objectives.ebgan import EnergyBased, pulling_away


def test_pulling_away_term():
    """Squared cosines of the three pairs: 0, 1/2 and 1/2; their mean is 1/3, whatever the lengths."""
    codes = tf.constant([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0]])
    assert float(pulling_away(codes)) == pytest.approx(1 / 3)


def test_pulling_away_of_samples_that_are_alike_or_alone():
    assert float(pulling_away(tf.constant([[1.0, 2.0], [-2.0, -4.0]]))) == pytest.approx(1.0)
    assert float(pulling_away(tf.constant([[1.0, 2.0]]))) == pytest.approx(0.0, abs=1e-6)


def test_a_code_of_zeros_passes_on_no_nan():
    codes = tf.Variable([[0.0, 0.0], [1.0, 0.0]])
    with tf.GradientTape() as tape:
        term = pulling_away(codes)
    assert float(term) == 0.0
    assert bool(tf.reduce_all(tf.math.is_finite(tape.gradient(term, codes))))


def test_energies_beyond_the_margin_are_left_alone():
    objective = EnergyBased(margin=2.0, pulling_away_weight=0.0)
    scores = Scores(-tf.constant([0.5, 1.5]), -tf.constant([1.0, 5.0]), None, None)
    assert float(objective.critic_loss(scores)) == pytest.approx(1.0 + (1.0 + 0.0) / 2)
    assert not objective.needs_features
    assert float(objective.generator_loss(scores)) == pytest.approx(3.0)
