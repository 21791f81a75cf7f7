"""The digits from which the small tasks of image translation are made."""

import dataclasses
from typing import NamedTuple

import numpy as np
from PIL import Image
from scipy import ndimage

from wirgan_tf.data.dataset import StoredDataSet
from wirgan_tf.data.digits import Digits
from wirgan_tf.data.mnist import Mnist
from wirgan_tf.parts import Assembly, setting

CLASSES = tuple(str(number) for number in range(10))
_BUNDLED_SIZE, _PADDING = 16, 2


class Handwriting(NamedTuple):
    """Digits, light on dark.

    Attributes:
      pixels: uint8 [N, S, S].
      labels: int64 [N].
      identity: of what the digits are made from.
    """

    pixels: np.ndarray
    labels: np.ndarray
    identity: str


@dataclasses.dataclass(frozen=True)
class DigitTranslation(StoredDataSet):
    """A task on handwritten digits: scikit-learn's doubled to 16x16, or MNIST's padded to 32x32."""

    digits_from: str = setting("digits", "whose digits: those bundled with scikit-learn, 16x16, or MNIST's, 32x32",
                               choices=("digits", "mnist"))

    mirrors_alike = False

    def unused(self, config: Assembly) -> dict[str, str]:
        reason = {"data_dir": "digits_from=digits needs no folder"} if self.digits_from == "digits" else {}
        return super().unused(config) | reason

    def handwriting(self, split: str) -> Handwriting:
        """The digits of `split`, "train" or "test". Raises `FileNotFoundError` when MNIST is not prepared."""
        if self.digits_from == "digits":
            source = Digits().load(split)
            grey = np.round((source.images[..., 0] + 1.0) * 127.5).astype(np.uint8)
            size = (_BUNDLED_SIZE, _BUNDLED_SIZE)
            pixels = np.stack([Image.fromarray(each).resize(size, Image.Resampling.BILINEAR) for each in grey])
        else:
            source = Mnist(data_dir=self.data_dir).load(split)
            pixels = np.pad(source.images[..., 0], [(0, 0), (_PADDING, _PADDING), (_PADDING, _PADDING)])
        return Handwriting(pixels, np.asarray(source.labels, np.int64), source.identity)


def eroded(pixels: np.ndarray) -> np.ndarray:
    """Each pixel becomes the darkest of the 3x3 around it; uint8 [N, S, S]."""
    return ndimage.grey_erosion(pixels, size=(1, 3, 3))


def dilated(pixels: np.ndarray) -> np.ndarray:
    """Each pixel becomes the brightest of the 3x3 around it; uint8 [N, S, S]."""
    return ndimage.grey_dilation(pixels, size=(1, 3, 3))
