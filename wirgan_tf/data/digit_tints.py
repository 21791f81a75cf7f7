"""Digits in three colours, thin and thick: attributes for StarGAN that need no download."""

import numpy as np

from wirgan_tf.data.digit_translation import CLASSES, DigitTranslation, dilated
from wirgan_tf.data.source import ArraySource

TINTS, THICK = ("red", "green", "blue"), "thick"
_SEEDS = {"train": 0, "test": 1}


class DigitTints(DigitTranslation):
    """RGB digits on black, each red, green or blue, and half of them thick: dilated by 3x3 pixels.

    The attributes are red, green, blue and thick. Those of a digit are drawn without regard to it; all six
    combinations are equally frequent.
    """

    def load(self, split: str) -> ArraySource:
        digits = self.handwriting(split)
        # RandomState's stream, unlike default_rng's, stays the same in all versions of numpy.
        drawn = np.random.RandomState(_SEEDS[split]).permutation(len(digits.pixels)) % (2 * len(TINTS))
        tints, thick = np.eye(len(TINTS), dtype=np.uint8)[drawn // 2], drawn % 2
        strokes = np.where(thick[:, None, None], dilated(digits.pixels), digits.pixels)
        return ArraySource(self.name, strokes[..., None] * tints[:, None, None], digits.labels, class_names=CLASSES,
                           attributes=np.column_stack([tints, thick]), attribute_names=(*TINTS, THICK),
                           attribute_groups=(TINTS,))
