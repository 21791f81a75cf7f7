"""The digits with more than a label beside each image, for models of conditions."""

import numpy as np

from wirgan_tf.data.digits import Digits
from wirgan_tf.data.source import ArraySource


class MarkedDigits(Digits):
    """With two attributes of each image: whether its upper half is the brighter one, and whether its left half is."""

    def load(self, split):
        digits = super().load(split)
        rows, columns = (digits.images.mean(axis=(axis, 3)) for axis in (2, 1))
        brighter = [line[:, :4].sum(axis=1) > line[:, 4:].sum(axis=1) for line in (rows, columns)]
        return ArraySource(digits.name, digits.images, digits.labels, digits.num_classes,
                           attributes=np.stack(brighter, axis=1).astype(np.float32),
                           attribute_names=("upper", "left"))
