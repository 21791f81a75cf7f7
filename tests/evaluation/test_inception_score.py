import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.evaluation import inception_score
from wirgan_tf.evaluation.inception_score import ClassSums


def one_hot_logits(certainty, count=200, classes=10):
    return certainty * np.eye(classes, dtype=np.float32)[np.arange(count) % classes]


def test_uniform_predictions_score_1():
    assert inception_score(np.zeros((40, 7))) == pytest.approx((1.0, 0.0))


@pytest.mark.parametrize("certainty", [50, 1e4])
def test_certain_and_even_predictions_score_the_number_of_classes(certainty):
    assert inception_score(tf.constant(one_hot_logits(certainty))) == pytest.approx((10.0, 0.0))


def test_one_class_alone_scores_1():
    logits = np.zeros((40, 10))
    logits[:, 3] = 2000.0
    assert inception_score(logits) == pytest.approx((1.0, 0.0))


def test_by_hand():
    # p = (3/4, 1/4) and (1/4, 3/4), marginal (1/2, 1/2): KL = 3/4 log(3/2) + 1/4 log(1/2) for both.
    logits = np.log([[3.0, 1.0], [1.0, 3.0]])
    assert inception_score(logits, splits=1).mean == pytest.approx(1.5 ** 0.75 * 0.5 ** 0.25)


def test_mean_and_std_over_splits():
    halves = np.concatenate([one_hot_logits(50, 20), np.zeros((20, 10), np.float32)])
    assert inception_score(halves, splits=2) == pytest.approx((5.5, 4.5))


def test_sums_of_too_few_images_are_refused():
    sums = ClassSums.of(np.zeros((15, 10)), first=0, total=15)
    with pytest.raises(ValueError, match="15 images are too few for an Inception Score of 10 splits; take 20 or more"):
        sums.score()


@pytest.mark.parametrize(("logits", "splits", "message"), [
    (np.zeros((19, 10)), 10, "logits has 19 rows; this measure needs at least 20"),
    (np.zeros((20, 10)), 0, "splits=0"),
    (np.zeros(20), 1, "logits has shape"),
    (np.full((20, 10), np.nan), 1, "NaN"),
])
def test_errors(logits, splits, message):
    with pytest.raises(ValueError, match=message):
        inception_score(logits, splits)
