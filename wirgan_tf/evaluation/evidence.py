"""What was seen of real and generated images, from which measures are computed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from wirgan_tf.entries import Entry
from wirgan_tf.evaluation.features import Activations
from wirgan_tf.evaluation.partner_errors import PartnerErrors


class Strokes(NamedTuple):
    """What is seen in images themselves, [n] each: see `code_correlation`."""

    slant: np.ndarray
    thickness: np.ndarray


class Evidence(NamedTuple):
    """What was seen of real and generated images; None where no measure needs it.

    real, fake: the feature network's activations.
    logits: two classifiers', [n, classes] each, of the generated images.
    scores: the critic's, [n] of the real and [m] of the generated images.
    strokes: of the generated images.
    partner: how far translations are from what they should be.
    cycle: how far images that were translated there and back are from themselves, [n].
    kept: classes int64 [n] of the images that were translated, or whose texts were asked for.
    pairs: the critic's scores [m] of real images with their own conditions, and [m] of others with these conditions.
    attributes: logits [n, A] of a classifier of attributes, of the generated images.
    asked_attributes: what the attributes are called, and which of them exclude one another.
    modes: int64 [n], see `mode_numbers`, of the generated images.
    conditions: what the generated images were asked to be, by name; empty for an unconditional model.
    class_names: of the label's classes.
    class_qualities: the qualities of which classes are combinations, as in an `Entry`.
    real_labels: int64 [n], for measures within each class.
    """

    real: Activations | None = None
    fake: Activations | None = None
    logits: tuple[np.ndarray, np.ndarray] | None = None
    scores: tuple[np.ndarray, np.ndarray] | None = None
    strokes: Strokes | None = None
    partner: PartnerErrors | None = None
    cycle: np.ndarray | None = None
    kept: np.ndarray | None = None
    pairs: tuple[np.ndarray, np.ndarray] | None = None
    attributes: np.ndarray | None = None
    asked_attributes: Entry | None = None
    modes: np.ndarray | None = None
    conditions: Mapping[str, np.ndarray] = MappingProxyType({})
    class_names: tuple[str, ...] = ()
    class_qualities: tuple[tuple[str, tuple[str, ...]], ...] = ()
    real_labels: np.ndarray | None = None
