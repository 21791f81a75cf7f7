"""Classifier error of generated images (Table 8 of the GP-WIRGAN paper)."""

from typing import NamedTuple

import numpy as np
import scipy.special
import tensorflow as tf

from wirgan_tf.evaluation import checks


class ClassifierError(NamedTuple):
    """Both in [0, 1], lower is better. `doubt` is 1 - the mean top probability, `disagreement` a share of images."""

    doubt: float
    disagreement: float


def classifier_error(logits: np.ndarray | tf.Tensor, second_logits: np.ndarray | tf.Tensor) -> ClassifierError:
    """How unsure a good classifier is of generated images, and how often a second one sees another class.

    The paper reports an error of images that have no label, and does not define it; these two need no labels.

    Args:
      logits: [n, classes] of the first classifier.
      second_logits: [n, classes] of another, independently trained one, for the same images.

    Raises: `ValueError` for logits of other shapes, or of different numbers of images.

    >>> sure, unsure = [40.0, 0.0], [0.0, 0.0]
    >>> classifier_error([sure, sure, sure, unsure], [sure, sure, sure, [0.0, 1.0]])
    ClassifierError(doubt=0.125, disagreement=0.25)
    """
    logits, second_logits = checks.rows(minimum=1, logits=logits, second_logits=second_logits)
    if len(logits) != len(second_logits):
        raise ValueError(f"the classifiers saw {len(logits)} and {len(second_logits)} images; they must see the same")
    top = scipy.special.softmax(logits.astype(np.float64), axis=1).max(axis=1)
    differ = logits.argmax(axis=1) != second_logits.argmax(axis=1)
    return ClassifierError(float(1.0 - top.mean()), float(differ.mean()))
