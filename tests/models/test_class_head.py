"""The loss of a head that reads attributes."""

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.models.class_head import attribute_loss


def test_groups_of_attributes_exclude_each_other():
    """Softmax over red and green: log(1 + e^-2) and log(1 + e^2); sigmoid of thick: log 2 both times."""
    logits = tf.constant([[2.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
    attributes = tf.constant([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    expected = (np.log1p(np.exp(-2)) + np.log1p(np.exp(2))) / 2 + np.log(2)
    assert float(attribute_loss(logits, attributes, [[0, 1]])) == pytest.approx(expected, rel=1e-5)
    binary = (np.log1p(np.exp(-2)) + np.log1p(np.exp(2))) / 2 + 2 * np.log(2)
    assert float(attribute_loss(logits, attributes, [])) == pytest.approx(binary, rel=1e-5)


def test_an_image_with_none_of_a_group_moves_nothing_and_one_with_two_moves_both():
    """d/dlogits = n softmax(logits) - y for n attributes of the group: 0 of none; of two of equal logits 2/3 - y."""
    logits = tf.constant([[3.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        loss = attribute_loss(logits, tf.constant([[0.0, 0.0, 0.0], [1.0, 1.0, 0.0]]), [[0, 1, 2]])
    assert float(loss) == pytest.approx(np.log(3), rel=1e-6)  # (0 + 2 log 3) / 2 rows
    np.testing.assert_allclose(tape.gradient(loss, logits), [[0, 0, 0], [-1 / 6, -1 / 6, 1 / 3]], atol=1e-6)
