"""Stacked digits: what stands in each channel, and what the label says of it."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from wirgan_tf.config import Config
from wirgan_tf.data import StackedMnist, load


@pytest.fixture(scope="module")
def stacked():
    return StackedMnist(digits_from="digits").load("test")


def test_channels_are_digits_and_the_label_names_them(stacked):
    """scikit-learn's digits say which digit a channel is: each of the 360 test digits stands once in each channel."""
    digits = load_digits()
    known = {(digit / 8.0 - 1.0).astype(np.float32).tobytes(): label
             for digit, label in zip(digits.images[1437:], digits.target[1437:], strict=True)}
    assert stacked.images.shape == (360, 8, 8, 3)
    for channel, place in enumerate((100, 10, 1)):
        found = [known[image.tobytes()] for image in np.ascontiguousarray(stacked.images[..., channel])]
        assert found == list(stacked.labels // place % 10)
        assert len({image.tobytes() for image in np.ascontiguousarray(stacked.images[..., channel])}) == len(known)


def test_channels_are_independent_and_always_the_same(stacked):
    again = StackedMnist(digits_from="digits").load("test")
    assert stacked.identity == again.identity
    assert len(np.unique(stacked.labels)) > 280  # 360 draws of 1,000 equals hit 302 on average
    assert stacked.spec["label"].names[407] == "407"


def test_it_is_split_and_configured_as_others():
    config = Config(dataset="stacked_mnist", digits_from="digits")
    assert load(config.data, "validation", 0.05).shape == (8, 8, 3)
    assert config.unused()["data_dir"] == "digits_from=digits needs no folder"
    assert Config(dataset="stacked_mnist").data.digits_from == "mnist"
