"""Data sets of images of one size, brought to another: MNIST's 28x28 to 32x32."""

import dataclasses
import re
from typing import ClassVar

import numpy as np

from wirgan_tf.data.dataset import SizedDataSet, StoredDataSet
from wirgan_tf.data.identity import Origin, identity_of
from wirgan_tf.data.pixels import resized
from wirgan_tf.data.source import ArraySource
from wirgan_tf.parts import setting

_PADDED = "_padded"


@dataclasses.dataclass(frozen=True)
class FittedDataSet(SizedDataSet):
    """A data set held in memory, whose images may be brought to another size.

    own_size: height and width of its images as they are.
    """

    own_size: ClassVar[int]

    pad: bool = setting(False, "reach image_size by a border of black; else by a Lanczos filter")

    def __post_init__(self):
        super().__post_init__()
        if self.pad and self.image_size in (0, self.own_size):
            raise ValueError(f"pad has no effect: image_size={self.image_size} leaves the images as they are; leave it "
                             "out, or give a larger image_size")

    @property
    def source_name(self) -> str:
        """As in "mnist_32" or "mnist_32_padded", or its own name when images keep their size."""
        if self.image_size in (0, self.own_size):
            return self.name
        return f"{self.name}_{self.image_size}{_PADDED if self.pad else ''}"

    def fitted(self, source: ArraySource) -> ArraySource:
        """`source` with images [image_size, image_size, C], called `source_name`.

        Raises: `ValueError` for a border around images that are too large for it.
        """
        size, own = self.image_size, self.own_size
        if size in (0, own):
            return source
        if self.pad and size < own:
            raise ValueError(f"image_size={size} with pad: images of {self.name} are {own}x{own}, and a border makes "
                             "them no smaller; leave out pad, or use a larger image_size")
        images = _padded(source.images, size) if self.pad else np.stack(
            [resized(image, size, nearest=False) for image in source.images])
        origin = Origin(identity_of(source.identity, size, self.pad), source.example_keys())
        return dataclasses.replace(source, name=self.source_name, images=images, origin=origin)


@dataclasses.dataclass(frozen=True)
class FittedStoredDataSet(FittedDataSet, StoredDataSet):
    """A `FittedDataSet` in a folder."""


def _padded(images: np.ndarray, size: int) -> np.ndarray:
    before = (size - images.shape[1]) // 2
    border = (before, size - images.shape[1] - before)
    black = 0 if images.dtype == np.uint8 else -1
    return np.pad(images, [(0, 0), border, border, (0, 0)], constant_values=black)


def flags_of(source_name: str, registered: bool) -> str:
    """The flags that load the source of this name, which is that of a data set if it is `registered`.

    >>> flags_of("mnist", True), flags_of("mnist_32_padded", False)
    ('--dataset=mnist', '--dataset=mnist --image_size=32 --pad')
    """
    fitted = None if registered else re.fullmatch(rf"(.+)_(\d+)({_PADDED})?", source_name)
    if fitted is None:
        return f"--dataset={source_name}"
    return f"--dataset={fitted[1]} --image_size={fitted[2]}{' --pad' if fitted[3] else ''}"
