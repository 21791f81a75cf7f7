import numpy as np
import pytest

from wirgan_tf.evaluation import condition_accuracy


def test_by_hand():
    logits = 4.0 * np.eye(4)[[0, 1, 1, 2, 2]]
    found = condition_accuracy(logits, [0, 0, 1, 2, 0])
    assert found.value == 3 / 5
    np.testing.assert_array_equal(found.classes, [1 / 3, 1, 1, np.nan])  # none was asked to be of the last class


def test_labels_that_are_ignored_leave_chance():
    random = np.random.default_rng(0)
    found = condition_accuracy(random.normal(size=(20_000, 10)), np.arange(20_000) % 10)
    assert found.value == pytest.approx(0.1, abs=4 * (0.1 * 0.9 / 20_000) ** 0.5)


def test_a_label_that_the_classifier_does_not_know():
    with pytest.raises(ValueError, match=r"labels range from 0 to 4; expected 0 .. 3"):
        condition_accuracy(np.eye(4)[:2], [0, 4])
