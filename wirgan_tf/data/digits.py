"""scikit-learn's bundled 1,797 real handwritten digits, 8x8x1: the data set that needs no download."""

import numpy as np
from sklearn.datasets import load_digits

from wirgan_tf.data.fitting import FittedDataSet
from wirgan_tf.data.source import ArraySource

_TRAIN = 1437  # four fifths


class Digits(FittedDataSet):
    """The first 1,437 digits to train on, the other 360 to test on."""

    own_size = 8

    def load(self, split: str) -> ArraySource:
        digits = load_digits()
        part = slice(0, _TRAIN) if split == "train" else slice(_TRAIN, None)
        images = (digits.images[part, :, :, None] / 8.0 - 1.0).astype(np.float32)
        return self.fitted(ArraySource(self.name, images, digits.target[part].astype(np.int64), num_classes=10))
