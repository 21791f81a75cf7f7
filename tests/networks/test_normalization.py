import keras
import numpy as np
import tensorflow as tf

from wirgan_tf.networks.normalization import StepBatchNormalization


def test_training_normalises_by_the_batch_like_keras():
    inputs = tf.random.stateless_normal([16, 5, 5, 3], [1, 2], mean=2.0, stddev=3.0)
    ours, kerass = StepBatchNormalization(2, momentum=0.9), keras.layers.BatchNormalization(momentum=0.9)
    np.testing.assert_allclose(ours(inputs, step=0, training=True), kerass(inputs, training=True), atol=1e-5)
    np.testing.assert_allclose(ours(inputs, step=0), kerass(inputs), atol=1e-5)
    np.testing.assert_allclose(ours.moving_variance[0], kerass.moving_variance, rtol=1e-5)


def test_each_step_keeps_its_own_statistics():
    norm = StepBatchNormalization(2, momentum=0.0)
    first, second = tf.constant([[0.0], [2.0]]), tf.constant([[10.0], [30.0]])
    norm(first, step=0, training=True)
    norm(second, step=1, training=True)
    assert [float(mean[0]) for mean in norm.moving_mean] == [1.0, 20.0]
    assert [float(variance[0]) for variance in norm.moving_variance] == [1.0, 100.0]
    # (0 - 1) / sqrt(1 + 0.001) and (10 - 20) / sqrt(100 + 0.001)
    np.testing.assert_allclose(norm(first, step=0)[0, 0], -0.9995004, rtol=1e-5)
    np.testing.assert_allclose(norm(second, step=1)[0, 0], -0.9999950, rtol=1e-5)


def test_steps_beyond_training_use_the_last_statistics():
    norm = StepBatchNormalization(2, momentum=0.0)
    norm(tf.constant([[10.0], [30.0]]), step=1, training=True)
    np.testing.assert_array_equal(norm(tf.ones([1, 1]), step=7), norm(tf.ones([1, 1]), step=1))


def test_one_row_has_variance_0():
    norm = StepBatchNormalization(1, momentum=0.0)
    np.testing.assert_allclose(norm(tf.constant([[3.0, -1.0]]), training=True), [[0.0, 0.0]], atol=1e-6)
    np.testing.assert_array_equal(norm.moving_variance[0], [0.0, 0.0])
