"""Measures within each class, of points placed by hand."""

import numpy as np
import pytest

from wirgan_tf.evaluation import frechet_distance, intra_fid, precision_recall, recall_per_class
from wirgan_tf.evaluation.by_class import num_compared

LABELS = np.repeat([0, 1, 2], 20)


def features(seed, count=60):
    return np.random.default_rng(seed).normal(size=(count, 4))


def test_moved_classes_are_apart_by_the_square_of_their_moves():
    moves = np.array([[0.0, 0, 0, 0], [3, 4, 0, 0], [0, 0, 1, 0]])
    found = intra_fid(features(0), LABELS, features(0) + moves[LABELS], LABELS, 3)
    assert found.classes == pytest.approx([0, 25, 1], abs=1e-6)
    assert found.value == pytest.approx(26 / 3)


def test_swapped_classes_are_seen_within_classes_alone():
    """Two classes 10 apart, each drawn as the other: all samples together are as the real ones."""
    labels = np.repeat([0, 1], 30)
    real = features(1) + 10.0 * labels[:, np.newaxis] * [1, 0, 0, 0]
    assert frechet_distance(real, real) == pytest.approx(0, abs=1e-6)
    expected = frechet_distance(real[:30], real[30:])
    assert intra_fid(real, labels, real, 1 - labels, 2).classes == pytest.approx([expected, expected])
    assert recall_per_class(real, labels, real, labels, 2).value == 1
    assert recall_per_class(real, labels, real, 1 - labels, 2).value == 0


def test_recall_is_of_equally_many_of_every_class():
    labels = np.concatenate([LABELS[:50], np.zeros(10, np.int64)])  # 30, 20 and 10
    real, fake = features(2), features(3)
    assert num_compared(labels, LABELS, 3) == 10
    expected = [precision_recall(real[labels == number][:10], fake[number == LABELS][:10]).recall
                for number in range(3)]
    found = recall_per_class(real, labels, fake, LABELS, 3)
    assert found.classes.tolist() == expected
    assert found.value == pytest.approx(np.mean(expected))


@pytest.mark.parametrize(("measure", "labels", "message"), [
    (intra_fid, np.concatenate([LABELS[:41], LABELS[:19]]), "real has 1 images of class 2; .* at least 2 of each"),
    (recall_per_class, np.concatenate([LABELS[:43], LABELS[:17]]), "real has 3 images of class 2; .* at least 4"),
    (intra_fid, LABELS[:40], r"labels are int64 of shape \[40\]; expected whole numbers of shape \[60\]"),
    (intra_fid, LABELS + 1, "labels range from 1 to 3; expected 0 .. 2"),
    (intra_fid, LABELS * 1.0, "labels are float64"),
])
def test_errors(measure, labels, message):
    with pytest.raises(ValueError, match=message):
        measure(features(0), labels, features(1), LABELS, 3)
