"""Do the values of a learned categorical code stand for classes (Chen et al. 2016, arXiv 1606.03657, section 7.2)?"""

from typing import NamedTuple

import numpy as np
import scipy.optimize
import tensorflow as tf

from wirgan_tf.evaluation import checks


class CodePurity(NamedTuple):
    """How well a code agrees with classes.

    purity: share of samples whose class is the one that is matched with their code.
    classes: the class that is matched with each code, -1 where there are more codes than classes.
    """

    purity: float
    classes: tuple[int, ...]


def code_purity(codes: np.ndarray, logits: np.ndarray | tf.Tensor, num_codes: int | None = None) -> CodePurity:
    """Share of samples in which a classifier sees the class that is matched with their code.

    Codes and classes are matched one to one in the best way (the Hungarian method). Unlike in the purity of clusters,
    no two codes share a class: samples of a code that is matched with none count as wrong.

    Args:
      codes: int [n], the categorical code that each sample was drawn with.
      logits: [n, classes], a classifier's for the samples.
      num_codes: how many values a code may have; by default the largest one plus 1.

    Returns: the purity, at least about 1 / classes for a code that means nothing, and the matching.
    Raises: `ValueError` for codes or logits of another shape, or codes outside 0 .. num_codes - 1.

    >>> logits = [[0.0, 9.0], [0.0, 9.0], [9.0, 0.0], [0.0, 9.0]]
    >>> code_purity([0, 0, 1, 1], logits)
    CodePurity(purity=0.75, classes=(1, 0))
    """
    (logits,) = checks.rows(minimum=1, logits=logits)
    num_codes = int(np.max(codes)) + 1 if num_codes is None else num_codes
    codes = checks.labels(codes, len(logits), num_codes)
    counts = np.zeros((num_codes, logits.shape[1]), np.int64)
    np.add.at(counts, (codes, logits.argmax(axis=1)), 1)
    matched, classes = scipy.optimize.linear_sum_assignment(counts, maximize=True)
    class_of = dict(zip(matched.tolist(), classes.tolist(), strict=True))
    return CodePurity(float(counts[matched, classes].sum() / len(codes)),
                      tuple(class_of.get(code, -1) for code in range(num_codes)))
