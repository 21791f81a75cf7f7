"""Digits in three colours, thin and thick: attributes for StarGAN that need no download."""

from typing import NamedTuple

import numpy as np

from wirgan_tf.data.digit_translation import CLASSES, DigitTranslation, Handwriting, dilated
from wirgan_tf.data.source import ArraySource

TINTS, THICK = ("red", "green", "blue"), "thick"
_SEEDS = {"train": 0, "test": 1}


class DigitTints(DigitTranslation):
    """RGB digits on black, each red, green or blue, and half of them thick: dilated by 3x3 pixels.

    The attributes are red, green, blue and thick. They are drawn independently of the digit; all six combinations are
    equally frequent.
    """

    def load(self, split: str) -> ArraySource:
        digits = self.handwriting(split)
        tinted = tinted_digits(digits, split)
        tints = np.eye(len(TINTS), dtype=np.uint8)[tinted.tints]
        return ArraySource(self.name, tinted.pixels, digits.labels, class_names=CLASSES,
                           attributes=np.column_stack([tints, tinted.thick]), attribute_names=(*TINTS, THICK),
                           attribute_groups=(TINTS,))


class Tinted(NamedTuple):
    """Digits with a tint and a thickness each.

    Attributes:
      pixels: uint8 [N, S, S, 3].
      tints: indices into `TINTS`, int64 [N].
      thick: 0 or 1, int64 [N].
    """

    pixels: np.ndarray
    tints: np.ndarray
    thick: np.ndarray


def tinted_digits(digits: Handwriting, split: str) -> Tinted:
    """The digits of a split, each with one of the six combinations, which are equally frequent."""
    # RandomState's stream, unlike default_rng's, stays the same in all versions of numpy.
    drawn = np.random.RandomState(_SEEDS[split]).permutation(len(digits.pixels)) % (2 * len(TINTS))
    tints, thick = drawn // 2, drawn % 2
    strokes = np.where(thick[:, None, None], dilated(digits.pixels), digits.pixels)
    return Tinted(strokes[..., None] * np.eye(len(TINTS), dtype=np.uint8)[tints][:, None, None], tints, thick)
