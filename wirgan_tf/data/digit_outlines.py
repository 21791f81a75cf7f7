"""Outlines of digits and the digits themselves: pairs for Pix2Pix that need no download."""

from wirgan_tf.data.digit_translation import CLASSES, DigitTranslation, eroded
from wirgan_tf.data.source import ArraySource


class DigitOutlines(DigitTranslation):
    """`source` is a digit's outline, the digit minus its erosion by 3x3 pixels; `image` is the digit."""

    def load(self, split: str) -> ArraySource:
        digits = self.handwriting(split)
        outlines = digits.pixels - eroded(digits.pixels)
        return ArraySource(self.name, digits.pixels[..., None], digits.labels, class_names=CLASSES,
                           source=outlines[..., None])
