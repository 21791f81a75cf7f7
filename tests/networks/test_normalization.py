import keras
import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.networks.normalization import StepBatchNormalization
from wirgan_tf.networks.passes import INFERENCE, TRAINING, TRAINING_UNTRACKED


def test_training_normalises_by_the_batch_like_keras():
    inputs = tf.random.stateless_normal([16, 5, 5, 3], [1, 2], mean=2.0, stddev=3.0)
    ours, kerass = StepBatchNormalization(2, momentum=0.9), keras.layers.BatchNormalization(momentum=0.9)
    np.testing.assert_allclose(ours(inputs, run=TRAINING), kerass(inputs, training=True), atol=1e-5)
    np.testing.assert_allclose(ours(inputs), kerass(inputs), atol=1e-5)
    np.testing.assert_allclose(ours.moving_variance[0], kerass.moving_variance, rtol=1e-5)


def test_each_step_keeps_its_own_statistics():
    norm = StepBatchNormalization(2, momentum=0.0)
    first, second = tf.constant([[0.0], [2.0]]), tf.constant([[10.0], [30.0]])
    norm(first, run=TRAINING)
    norm(second, run=TRAINING.at(1))
    assert [float(mean[0]) for mean in norm.moving_mean] == [1.0, 20.0]
    assert [float(variance[0]) for variance in norm.moving_variance] == [1.0, 100.0]
    # (0 - 1) / sqrt(1 + 0.001) and (10 - 20) / sqrt(100 + 0.001)
    np.testing.assert_allclose(norm(first)[0, 0], -0.9995004, rtol=1e-5)
    np.testing.assert_allclose(norm(second, run=INFERENCE.at(1))[0, 0], -0.9999950, rtol=1e-5)


def test_steps_beyond_training_use_the_last_statistics():
    norm = StepBatchNormalization(2, momentum=0.0)
    norm(tf.constant([[10.0], [30.0]]), run=TRAINING.at(1))
    last, beyond = (norm(tf.ones([1, 1]), run=INFERENCE.at(step)) for step in (1, 7))
    np.testing.assert_array_equal(beyond, last)


def test_an_encoders_first_statistics_are_those_of_its_first_step():
    """T = 3: an encoder is called at steps 1 and 2 (from 0) and keeps two sets."""
    norm = StepBatchNormalization(2, first_step=1, momentum=0.0)
    for step, values in ((1, [[0.0], [2.0]]), (2, [[10.0], [30.0]])):
        norm(tf.constant(values), run=TRAINING.at(step))
    assert [float(mean[0]) for mean in norm.moving_mean] == [1.0, 20.0]
    # (0 - 1) / sqrt(1 + 0.001) and (10 - 20) / sqrt(100 + 0.001)
    np.testing.assert_allclose(norm(tf.zeros([1, 1]), run=INFERENCE.at(1)), [[-0.9995004]], rtol=1e-5)
    for step in (2, 3):  # a fourth canvas is encoded as the third
        np.testing.assert_allclose(norm(tf.fill([1, 1], 10.0), run=INFERENCE.at(step)), [[-0.9999950]], rtol=1e-5)


def test_an_untracked_pass_leaves_the_statistics():
    norm = StepBatchNormalization(1, momentum=0.0)
    # (2 - 3) / sqrt(1 + 0.001): by the batch all the same
    np.testing.assert_allclose(norm(tf.constant([[2.0], [4.0]]), run=TRAINING_UNTRACKED)[0, 0], -0.9995004, rtol=1e-5)
    assert (float(norm.moving_mean[0][0]), float(norm.moving_variance[0][0])) == (0.0, 1.0)


def test_one_row_has_variance_0():
    norm = StepBatchNormalization(1, momentum=0.0)
    np.testing.assert_allclose(norm(tf.constant([[3.0, -1.0]]), run=TRAINING), [[0.0, 0.0]], atol=1e-6)
    np.testing.assert_array_equal(norm.moving_variance[0], [0.0, 0.0])


def in_two_parts(strategy, function, *values):
    """What `function` returns on two replicas, each given its half of `values`."""
    parts = [strategy.experimental_distribute_values_from_function(
        lambda context, value=value: tf.split(value, 2)[context.replica_id_in_sync_group]) for value in values]
    return tf.nest.map_structure(strategy.experimental_local_results, strategy.run(function, args=parts))


def normalised(norm, inputs, weights):
    """Outputs, and gradients of a sum of them."""
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = norm(inputs, run=TRAINING)
        total = tf.reduce_sum(weights * outputs)
    return [outputs, *tape.gradient(total, [inputs, norm.gamma.value, norm.beta.value])]


@pytest.mark.parametrize("spread", [3.0, 0.0])
def test_synchronized_replicas_are_one_batch(two_replicas, spread):
    """The halves' means differ; with no spread inside them, all variance is between them."""
    halves = tf.repeat([0.0, 5.0], 4)[:, None, None, None]
    inputs = halves + tf.random.stateless_normal([8, 3, 3, 2], [1, 2], mean=20.0, stddev=spread)
    weights = tf.random.stateless_normal(inputs.shape, [3, 4])
    alone = StepBatchNormalization(1)
    with two_replicas.scope():
        together = StepBatchNormalization(1)
        together.build(inputs.shape)
    outputs, to_inputs, to_gamma, to_beta = normalised(alone, inputs, weights)
    parts = in_two_parts(two_replicas, lambda *values: normalised(together, *values), inputs, weights)
    np.testing.assert_allclose(tf.concat(parts[0], 0), outputs, atol=1e-5)
    np.testing.assert_allclose(tf.concat(parts[1], 0), to_inputs, atol=1e-5)
    for part, expected in zip(parts[2:], (to_gamma, to_beta), strict=True):  # summed over replicas by the optimizer
        np.testing.assert_allclose(tf.add_n(part), expected, rtol=1e-4)
    for mine, theirs in zip(alone.non_trainable_variables, together.non_trainable_variables, strict=True):
        np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=1e-5)


def test_replicas_by_themselves_keep_the_mean_of_their_statistics(two_replicas):
    with two_replicas.scope():
        norm = StepBatchNormalization(1, momentum=0.0, synchronized=False)
        norm.build([4, 1])
    inputs = tf.constant([[0.0], [2.0], [10.0], [30.0]])
    first, second = in_two_parts(two_replicas, lambda values: norm(values, run=TRAINING), inputs)
    # (0 - 1) / sqrt(1 + 0.001) and (10 - 20) / sqrt(100 + 0.001), as on one device each
    np.testing.assert_allclose(first[0], -0.9995004, rtol=1e-5)
    np.testing.assert_allclose(second[0], -0.9999950, rtol=1e-5)
    for moving, mean in ((norm.moving_mean[0], (1 + 20) / 2), (norm.moving_variance[0], (1 + 100) / 2)):
        for copy in two_replicas.experimental_local_results(moving.value):
            np.testing.assert_allclose(copy, [mean], rtol=1e-6)
