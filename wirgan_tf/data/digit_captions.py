"""Digits in three colours, thin and thick, with sentences that say so: captions that need no download."""

import itertools

import numpy as np
import tensorflow as tf

from wirgan_tf.data.captioned import Captioned
from wirgan_tf.data.digit_tints import TINTS, tinted_digits
from wirgan_tf.data.digit_translation import DigitTranslation
from wirgan_tf.data.source import ArraySource
from wirgan_tf.texts import bag_of_words, vocabulary_of

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
THICKNESSES = ("thin", "thick")
WORDINGS = ("a {thickness} {tint} {number}", "{number}, {tint} and {thickness}",
            "the digit {digit} in {thickness} {tint}", "a {tint} {digit} of {thickness} strokes",
            "{thickness} {tint} strokes that make a {number}")
_MOST_WORDS = 100


class DigitCaptions(DigitTranslation):
    """RGB digits on black, each red, green or blue, thin or thick, with five wordings of its description.

    The texts are bags of words. The label numbers the 60 combinations of digit, tint and thickness, which have names
    such as "thick red three".
    """

    def load(self, split: str) -> Captioned:
        digits = self.handwriting(split)
        tinted = tinted_digits(digits, split)
        labels = (digits.labels * len(TINTS) + tinted.tints) * len(THICKNESSES) + tinted.thick
        texts = [text for number in range(len(CLASSES)) for text in captions_of(number)]
        vocabulary = vocabulary_of(texts, _MOST_WORDS)
        pictures = ArraySource(self.name, tinted.pixels, labels, class_names=CLASSES, class_qualities=QUALITIES)
        return Captioned(pictures, bag_of_words(tf.constant(texts), vocabulary).numpy(), len(WORDINGS) * labels,
                         np.full(len(labels), len(WORDINGS)), vocabulary)


QUALITIES = (("digit", NUMBERS), ("tint", TINTS), ("thickness", THICKNESSES))
_COMBINATIONS = tuple(itertools.product(range(len(NUMBERS)), TINTS, THICKNESSES))
CLASSES = tuple(f"{thickness} {tint} {NUMBERS[digit]}" for digit, tint, thickness in _COMBINATIONS)


def captions_of(number: int) -> list[str]:
    """All captions of the class `number`.

    >>> captions_of(19)[:2]
    ['a thick red three', 'three, red and thick']
    """
    digit, tint, thickness = _COMBINATIONS[number]
    return [wording.format(digit=digit, number=NUMBERS[digit], tint=tint, thickness=thickness) for wording in WORDINGS]
