"""Any folder of images, each cropped to its largest centred square and resized.

Folders train/, test/ and val/ (or other usual names, in any case) are the splits "train", "test" and "validation".
Where there is none for testing, one training image in twenty, chosen by a hash of its name, is for testing; copies of
one file stay together.

Small sets are held in memory, larger ones are decoded as they are needed.
"""

import dataclasses
import functools
import io
import logging
import pathlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from wirgan_tf.data import folder_labels, image_files
from wirgan_tf.data.copies import warn_of_copies
from wirgan_tf.data.folder_labels import Labels, Table
from wirgan_tf.data.identity import Origin, identity_of
from wirgan_tf.data.image_files import Listing
from wirgan_tf.data.images import DECODING_ERRORS, Beside, StreamedSource, square_image
from wirgan_tf.data.intact import IntactImage, divided, in_parallel, intact_images
from wirgan_tf.data.jitter import MirroredDataSet
from wirgan_tf.data.picture_files import fit_in_memory
from wirgan_tf.data.source import ArraySource, Source
from wirgan_tf.entries import Entry
from wirgan_tf.files import expanded
from wirgan_tf.parts import setting

_DEFAULT_SIZE = 64


@dataclasses.dataclass(frozen=True)
class ImageFolder(MirroredDataSet):
    """RGB images [size, size, 3] of the folder `data_dir`; size is `image_size`, or 64.

    Images that cannot be decoded are left out with a warning that counts them.
    """

    labels: str = setting(
        "auto", "what comes with each image: the class whose folder it is in; what labels.csv says; nothing; auto: the "
        "class, if all are one folder deep", choices=folder_labels.KINDS)
    exclusive: str = setting("", "attributes of labels.csv of which an image has one alone, as in red,green,blue; "
                             "groups are separated by semicolons")

    def load(self, split: str) -> Source:
        """The images of `split`; "validation" is there if the folder has one, see `contents`.

        Raises: `FileNotFoundError` when there is no such folder, no image in it or no table that was asked for,
        `ValueError` when more than 1 % of the images are broken, when there are too few, or when the folder's splits
        or labels cannot be understood.
        """
        folder = self._folder()
        found = contents(folder, self.labels)
        if split not in found.splits:
            raise ValueError(f"{folder} has no split {split!r}; it has {', '.join(found.splits)}")
        groups = [[name.strip() for name in group.split(",")] for group in self.exclusive.split(";") if group.strip()]
        labels = folder_labels.grouped(found.labels, groups)
        return self.mirrored(_source(self.name, found.splits[split], labels, self.image_size or _DEFAULT_SIZE), split)

    def has_validation(self) -> bool:
        """Whether the folder has a folder of images for validation."""
        return "validation" in contents(self._folder(), self.labels).splits

    def advice_on(self, split: str) -> str:
        folder, otherwise = ("test", "one in twenty is for testing") if split == "test" else (
            "val", "of 50 to train on, 10 are held out")
        return f"sort the images into train/ and, 10 or more of them, {folder}/; or add images: {otherwise}"

    def _folder(self) -> pathlib.Path:
        if not self.data_dir:
            raise ValueError(f"data_dir was not given: dataset={self.name} needs the folder of the images")
        return expanded(self.data_dir)


class Contents(NamedTuple):
    """The images of a folder by split, "train", "test", and "validation" where it has one, and their labels."""

    splits: dict[str, list[IntactImage]]
    labels: Labels


def contents(folder: pathlib.Path, labels: str = "auto") -> Contents:
    """What is in a folder, with `labels` as the setting of `ImageFolder`. Raises: as `ImageFolder.load`."""
    tables = folder_labels.tables(folder) if folder.is_dir() and labels != "none" else ()
    return _contents(folder, image_files.list_images(folder), labels, tables)


@functools.lru_cache(maxsize=1)  # all splits of a folder need the answer, which may take reading every image
def _contents(folder: pathlib.Path, listing: Listing, kind: str, tables: tuple[Table, ...]) -> Contents:
    groups = image_files.by_split_folder(folder, listing.files)  # before the images are read, which may take long
    folder_labels.of_images(kind, folder, groups, tables, ())
    intact = {image.file: image for image in intact_images(folder, listing.files)}
    parts = {split: [intact[file] for file in files if file in intact] for split, files in groups.items()}
    for split, images in parts.items():
        image_files.check_some(images, folder / split if len(parts) > 1 else folder)
    labels = folder_labels.of_images(
        kind, folder, {split: [image.file for image in images] for split, images in parts.items()}, tables,
        [file for file in listing.files if file not in intact])
    if "test" not in parts:
        parts["train"], parts["test"] = divided(folder, parts["train"])
    parts = {split: parts[split] for split in image_files.SPLITS if split in parts}
    warn_of_copies(parts)
    passed_over = [*listing.passed_over, ("broken", len(listing.files) - len(intact))]
    logging.info("%s: %d images in all: %s; passed over: %s%s", folder, len(intact),
                 ", ".join(f"{len(images)} {split}" for split, images in parts.items()),
                 image_files.listed_reasons(passed_over), labels.described(image.file.key for image in parts["train"]))
    return Contents(parts, labels)


def _source(name: str, images: Sequence[IntactImage], labels: Labels, size: int) -> Source:
    keys = [image.file.key for image in images]
    parts = (part for image in images for part in (image.file.key, image.hash))
    origin = Origin(identity_of(size, *parts, *labels.identity(keys)), keys, [image.hash for image in images])
    beside = {key: np.array(values, labels.spec[key].dtype.as_numpy_dtype) for key, values in labels.of(keys).items()}
    paths = [image.file.path for image in images]
    if not fit_in_memory(len(paths), size, 3):
        return StreamedSource(name, len(paths), size, lambda index: _read(paths[index], size), origin=origin, beside={
            key: Beside(labels.spec[key], values.__getitem__) for key, values in beside.items()})
    pixels = np.empty((len(paths), size, size, 3), np.uint8)
    for place, image in enumerate(in_parallel(functools.partial(_read, size=size), paths, "decoding")):
        pixels[place] = image
    of_label, of_attributes = (labels.spec.get(key, Entry(())) for key in ("label", "attributes"))
    return ArraySource(name, pixels, beside.get("label"), class_names=of_label.names,
                       attributes=beside.get("attributes"), attribute_names=of_attributes.names,
                       attribute_groups=of_attributes.groups, origin=origin)


def _read(path: str, size: int) -> np.ndarray:
    try:
        return square_image(io.BytesIO(pathlib.Path(path).read_bytes()), size)  # bytes, as in the check
    except DECODING_ERRORS as error:
        raise ValueError(f"{path} cannot be decoded: {error}") from error
