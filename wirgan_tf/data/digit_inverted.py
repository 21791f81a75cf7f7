"""Digits light on dark, and other digits dark on light: an unpaired task whose true translations are known."""

from wirgan_tf.data.digit_translation import CLASSES, DigitTranslation
from wirgan_tf.data.source import ArraySource
from wirgan_tf.data.unpaired import Unpaired


class DigitInverted(DigitTranslation):
    """Domain a, `source`, has the digits at even indices; domain b, `image`, those at odd indices, inverted.

    The true translation of a `source` x is -x, in either direction. It is the entry `partner`, to measure by.
    """

    def load(self, split: str) -> Unpaired:
        digits = self.handwriting(split)
        domains = [ArraySource(self.name, pixels[..., None], digits.labels[place::2], class_names=CLASSES)
                   for place, pixels in enumerate([digits.pixels[::2], 255 - digits.pixels[1::2]])]
        return Unpaired(self.name, *domains, partner=lambda source: -source)
