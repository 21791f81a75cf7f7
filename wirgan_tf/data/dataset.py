"""What a data set is before it is loaded: settings that say where it is and how its images are made."""

import abc
import dataclasses
from typing import ClassVar

from wirgan_tf.data.source import Source
from wirgan_tf.parts import Part, setting


class DataSet(Part, abc.ABC):
    """A data set by name.

    mirrors_alike: whether the mirror image of an image has the same class.
    """

    mirrors_alike: ClassVar[bool] = True

    @abc.abstractmethod
    def load(self, split: str) -> Source:
        """The examples of `split`: "train", "test", or "validation" when it `has_validation`.

        Raises: `FileNotFoundError` that says how to get data that is not there, `ValueError` for settings that do not
        fit the data.
        """

    @property
    def source_name(self) -> str:
        """The name of its sources, by which classifiers and results know the data."""
        return self.name

    def has_validation(self) -> bool:
        """Whether it comes with a split for validation; else training images are held out for validation."""
        return False

    def advice_on(self, split: str) -> str:
        """What to do about too few images in the split "test" or "validation"."""
        del split
        return "use a larger data set to measure by"


@dataclasses.dataclass(frozen=True)
class StoredDataSet(DataSet):
    """A data set in a folder."""

    data_dir: str = setting("", "folder of the data: prepared TensorFlow Datasets, an LMDB folder or images",
                            safe_to_change=True, path=True)


@dataclasses.dataclass(frozen=True)
class SizedDataSet(DataSet):
    """A data set of images that can have several sizes."""

    image_size: int = setting(0, "height and width of the images; 0: the data set's own (celeba: 64 or 128)",
                              at_least=0)

    def size_among(self, *sizes: int) -> int:
        """Height and width of the images: `image_size`, or the first of `sizes` when it is 0.

        Raises: `ValueError` when it is none of `sizes`.
        """
        if self.image_size and self.image_size not in sizes:
            raise ValueError(f"image_size={self.image_size}: images of {self.name} are "
                             f"{' or '.join(f'{size}x{size}' for size in sizes)}; use image_size="
                             f"{' or '.join(str(size) for size in sizes)}, or 0 for the default")
        return self.image_size or sizes[0]


@dataclasses.dataclass(frozen=True)
class ResizedDataSet(SizedDataSet, StoredDataSet):
    """A data set of pictures in a folder that are resized."""


@dataclasses.dataclass(frozen=True)
class Unlisted(DataSet):
    """A data set that has a name, `called`, and no loader: that of a run on arrays."""

    called: str

    def load(self, split: str) -> Source:
        raise ValueError(f"the data set {self.called!r} has no loader; train on arrays from Python, or take one of the "
                         "registered data sets")

    def advice_on(self, split: str) -> str:
        return "pass more as test_images" if split == "test" else "pass 50 images or more, of which 10 are held out"
