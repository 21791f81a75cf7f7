"""Stacked MNIST: three digits as the red, green and blue of an image, 1,000 modes to count (Metz et al. 2017).

Which digits are stacked is chosen once, by fixed shuffles: there are as many images as digits.
"""

import dataclasses

import numpy as np

from wirgan_tf.data.dataset import DataSet, StoredDataSet
from wirgan_tf.data.digits import Digits
from wirgan_tf.data.mnist import Mnist
from wirgan_tf.data.source import ArraySource
from wirgan_tf.parts import Assembly, setting

CHANNELS = 3
_NAMES = tuple(f"{number:03d}" for number in range(10**CHANNELS))


@dataclasses.dataclass(frozen=True)
class StackedDigits(ArraySource):
    """Images of three digits. The label of 4 in red, 0 in green and 7 in blue is 407.

    Args:
      digits_from: the data set of single digits, whose classifier can judge a channel.
    """

    digits_from: str = ""


@dataclasses.dataclass(frozen=True)
class StackedMnist(StoredDataSet):
    """MNIST's digits, 28x28x3, or, for quick trials, those that come with scikit-learn, 8x8x3."""

    digits_from: str = setting("mnist", "whose digits: MNIST's, 28x28, or those bundled with scikit-learn, 8x8",
                               choices=("digits", "mnist"))

    def unused(self, config: Assembly) -> dict[str, str]:
        reason = {"data_dir": "digits_from=digits needs no folder"} if self.digits_from == "digits" else {}
        return super().unused(config) | reason

    def single(self) -> DataSet:
        """The data set with one digit per image."""
        return Digits() if self.digits_from == "digits" else Mnist(data_dir=self.data_dir)

    def load(self, split: str) -> StackedDigits:
        single = self.single().load(split)
        places = [np.random.default_rng(channel).permutation(single.size) for channel in range(CHANNELS)]
        images = np.concatenate([single.images[order] for order in places], axis=-1)
        labels = sum(single.labels[order].astype(np.int64) * 10**power
                     for order, power in zip(places, reversed(range(CHANNELS)), strict=True))
        return StackedDigits(self.name, images, labels, class_names=_NAMES, digits_from=self.digits_from)
