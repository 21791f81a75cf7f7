import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf import data
from wirgan_tf.data.digits import Digits


@pytest.mark.parametrize(("split", "size"), [("train", 1437), ("test", 360)])
def test_digits(split, size):
    source = data.load(Digits(), split)
    assert (source.size, source.shape, source.num_classes) == (size, (8, 8, 1), 10)
    examples = source.examples(tf.range(size))
    assert np.min(examples["image"]) == -1
    assert np.max(examples["image"]) == 1
    assert set(np.unique(examples["label"])) == set(range(10))
