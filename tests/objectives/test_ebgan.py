import numpy as np
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


def pulled(codes):
    """The generator's loss of energies of 0, and its gradient by the codes."""
    with tf.GradientTape() as tape:
        tape.watch(codes)
        scores = Scores(None, tf.zeros(tf.shape(codes)[:1]), None, None, fake_features=codes)
        loss = EnergyBased(pulling_away_weight=1.0).generator_loss(scores)
    return loss, tape.gradient(loss, codes)


def test_replicas_pull_all_samples_of_the_batch_apart(two_replicas):
    """The mean of the replicas' losses is the loss of the joint batch, and so are the gradients, each by half."""
    codes = tf.constant([[1.0, 0.2], [0.3, 2.0], [3.0, 3.0], [-1.0, 0.5]])
    halves = two_replicas.experimental_distribute_values_from_function(
        lambda context: tf.split(codes, 2)[context.replica_id_in_sync_group])
    loss, gradient = (two_replicas.experimental_local_results(values)
                      for values in tf.function(lambda: two_replicas.run(pulled, args=(halves,)))())
    joint_loss, joint_gradient = pulled(codes)
    np.testing.assert_allclose(np.mean(loss), joint_loss, rtol=1e-6)
    np.testing.assert_allclose(tf.concat(gradient, 0) / 2.0, joint_gradient, rtol=1e-5)
