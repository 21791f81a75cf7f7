"""Does a generator give images the attributes that it is asked for?"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from wirgan_tf.entries import Entry
from wirgan_tf.evaluation import checks
from wirgan_tf.evaluation.by_class import ByClass


def attribute_accuracy(logits: np.ndarray | tf.Tensor, attributes: np.ndarray,
                       groups: Sequence[Sequence[int]]) -> ByClass:
    """Share of questions on the attributes asked for that the samples answer right, according to a judge.

    Each group of exclusive attributes is one question, right when the judge's likeliest of the group is the one that
    was asked for; a sample that was asked to have none of a group is left out of this question. Each other attribute
    is one question, right when the judge finds it (logit > 0) where it was asked for, and does not find it elsewhere.

    Args:
      logits: [n, A], of a classifier of attributes that had no part in the training.
      attributes: [n, A], 0 or 1, what was asked for.
      groups: for each group, the indices of the attributes of which an image has one.

    Returns: the mean over the questions, and the share of each, in the order of `question_names`; NaN for a group that
      no sample was asked for, which the mean leaves out.
    Raises: `ValueError` for logits and attributes of different shapes.

    >>> attribute_accuracy([[2.0, 1.0, 3.0], [2.0, 1.0, -3.0]], [[1, 0, 1], [0, 1, 0]], groups=[[0, 1]])
    ByClass(value=0.75, classes=array([0.5, 1. ]))
    """
    logits, asked = checks.rows(minimum=1, logits=logits, attributes=attributes)
    if logits.shape != asked.shape:
        raise ValueError(f"logits are {list(logits.shape)} and attributes {list(asked.shape)}; expected one logit for "
                         "each attribute of each sample")
    shares = []
    for places in questions(logits.shape[1], groups):
        found, wanted = logits[:, places], asked[:, places] > 0.5
        if len(places) == 1:
            right = (found > 0.0)[:, 0] == wanted[:, 0]
        else:
            one = wanted.any(axis=1)
            right = found[one].argmax(axis=1) == wanted[one].argmax(axis=1)
        shares.append(right.mean() if len(right) else np.nan)
    return ByClass(float(np.nanmean(shares)), np.array(shares))


def questions(count: int, groups: Sequence[Sequence[int]]) -> list[list[int]]:
    """The indices of the attributes of each question: the groups, then each of the `count` attributes in none of them.

    >>> questions(4, [[0, 1, 2]])
    [[0, 1, 2], [3]]
    """
    grouped = {place for group in groups for place in group}
    return [list(group) for group in groups] + [[place] for place in range(count) if place not in grouped]


def question_names(entry: Entry) -> list[str]:
    """What each question of the attributes `entry` is called, as in "red/green/blue".

    >>> question_names(Entry((3,), names=("red", "green", "thick"), groups=(("red", "green"),)))
    ['red/green', 'thick']
    """
    return ["/".join(entry.names[place] for place in places)
            for places in questions(len(entry.names), entry.group_places)]
