"""Modes of stacked digits, by hand, and through the whole measuring with a classifier that reads brightness."""

import types

import numpy as np
import pytest
from scipy import stats

from wirgan_tf import evaluation
from wirgan_tf.data import StackedMnist


def test_numbers_by_hand():
    assert evaluation.modes(np.arange(8), count=8) == (8, pytest.approx(0.0))
    assert evaluation.modes(np.zeros(5, int), count=8) == (1, pytest.approx(np.log(8)))


def test_the_divergence_is_scipys():
    numbers = np.random.default_rng(0).integers(0, 40, 200) ** 2 // 40
    histogram = np.bincount(numbers, minlength=40)
    found = evaluation.modes(numbers, count=40)
    assert found == (np.count_nonzero(histogram), pytest.approx(stats.entropy(histogram, np.ones(40))))


def test_what_is_no_mode_is_refused():
    with pytest.raises(ValueError, match=r"expected 0 \.\. 3"):
        evaluation.modes(np.array([0, 4]), count=4)


def level(images):
    """Logits of the ten levels of grey: 0 for -1, 9 for 1."""
    levels = np.round((images[:, 0, 0, 0] + 1) * 4.5).astype(int)
    return np.eye(10, dtype=np.float32)[levels], None


CLASSIFIER = types.SimpleNamespace(name="classifier:digits", dataset="digits", hash="ab", resize="none")


class Reading(types.SimpleNamespace):
    __call__ = staticmethod(level)


def image(*levels):
    return np.broadcast_to(np.float32(levels) / 4.5 - 1, (8, 8, 3))


def test_channels_are_read_as_one_number():
    images = np.stack([image(4, 0, 7), image(0, 0, 9)])
    assert list(evaluation.mode_numbers(images, level)) == [407, 9]


class Drawing:
    """A generator of three modes, one of them twice as frequent."""

    def conditions(self, seeds):
        return {}

    def images(self, seeds, conditions):
        drawn = [image(4, 0, 7), image(0, 0, 9), image(4, 0, 7), image(1, 2, 3)]
        return np.stack([drawn[seed % 4] for seed in seeds])


def test_the_measures_and_their_protocol():
    source = StackedMnist(digits_from="digits").load("test")
    network = evaluation.feature_network("pixels")
    instruments = evaluation.Instruments(network, channels=Reading(**vars(CLASSIFIER)))
    protocol = evaluation.Protocol(["modes", "mode_divergence"], 40, seed=0)
    hit, divergence = evaluation.evaluate(Drawing(), source, instruments, protocol, cache=None)
    assert (hit.name, hit.value, hit.features_hash) == ("modes_40_stacked_mnist_classifier-digits", 3.0, "ab")
    assert divergence.value == pytest.approx(0.5 * np.log(500) + 0.5 * np.log(250))
    assert hit.note == "of 1,000 modes; published ones are of 26,000 samples"
    with pytest.raises(ValueError, match="are of images with a digit in each channel, as stacked_mnist"):
        evaluation.evaluate(Drawing(), source, evaluation.Instruments(network), protocol, cache=None)
