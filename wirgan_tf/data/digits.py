"""scikit-learn's bundled 1,797 real handwritten digits, 8x8x1: the data set that needs no download."""

import numpy as np
from sklearn.datasets import load_digits

from wirgan_tf.config import Config
from wirgan_tf.data.source import ArraySource, image_size

_TRAIN = 1437  # four fifths


def load(config: Config, split: str) -> ArraySource:
    """`split` "train" is the first 1,437 digits, "test" the other 360. Raises `ValueError` for an image size not 8."""
    image_size(config, 8)
    digits = load_digits()
    part = slice(0, _TRAIN) if split == "train" else slice(_TRAIN, None)
    images = (digits.images[part, :, :, None] / 8.0 - 1.0).astype(np.float32)
    return ArraySource(config.dataset, images, digits.target[part].astype(np.int64), num_classes=10)
