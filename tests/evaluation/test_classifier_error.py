import math

import pytest
import tensorflow as tf

from wirgan_tf.evaluation import classifier_error


def test_by_hand():
    """Logits (log 3, 0) give the top class 3 / 4. The second classifier turns one of four round."""
    sure = [math.log(3), 0.0]
    found = classifier_error([sure] * 4, [sure, sure, sure, sure[::-1]])
    assert found.doubt == pytest.approx(1 / 4, abs=1e-7)
    assert found.disagreement == 1 / 4


def test_tensors_and_large_logits():
    found = classifier_error(tf.constant([[1e4, 0.0], [0.0, 1e4]]), tf.constant([[1.0, 0.0], [1.0, 0.0]]))
    assert (found.doubt, found.disagreement) == (0.0, 0.5)
    assert type(found.doubt) is float


def test_other_images_are_refused():
    with pytest.raises(ValueError, match="saw 2 and 1 images"):
        classifier_error([[0.0, 1.0]] * 2, [[0.0, 1.0]])
    with pytest.raises(ValueError, match="NaN"):
        classifier_error([[0.0, math.nan]], [[0.0, 1.0]])
