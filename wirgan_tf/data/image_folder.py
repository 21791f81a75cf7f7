"""Any folder of images, each cropped to its largest centred square and resized.

Folders train/, test/ and val/ (or other usual names, in any case) are the splits "train", "test" and "validation".
Where there is none for testing, one training image in twenty, chosen by a hash of its name, is for testing.

Small sets are held in memory, larger ones are decoded as they are needed.
"""

import dataclasses
import functools
import hashlib
import io
import logging
import pathlib
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.pool import ThreadPool
from typing import NamedTuple, TypeVar

import numpy as np
import tqdm

from wirgan_tf.data import folder_labels, image_files, known_images
from wirgan_tf.data.dataset import ResizedDataSet
from wirgan_tf.data.folder_labels import Labels, Table
from wirgan_tf.data.identity import Origin, identity_of
from wirgan_tf.data.image_files import ImageFile, Listing
from wirgan_tf.data.images import DECODING_ERRORS, Beside, StreamedSource, is_dim, square_image
from wirgan_tf.data.known_images import Known
from wirgan_tf.data.source import ArraySource, Source
from wirgan_tf.files import expanded
from wirgan_tf.parts import setting

LARGEST_IN_MEMORY = 2**30  # bytes
_DEFAULT_SIZE = 64
_BROKEN_ALLOWED = 0.01
_TEST_SHARE = 0.05
_WORTH_A_BAR = 1000  # images

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclasses.dataclass(frozen=True)
class ImageFolder(ResizedDataSet):
    """RGB images [size, size, 3] of the folder `data_dir`; size is `image_size`, or 64.

    Images that cannot be decoded are left out with a warning that counts them.
    """

    labels: str = setting(
        "auto", "what comes with each image: the class whose folder it is in; what labels.csv says; nothing; auto: the "
        "class, if all are one folder deep", choices=folder_labels.KINDS)

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
        return _source(self.name, found.splits[split], found.labels, self.image_size or _DEFAULT_SIZE)

    def has_validation(self) -> bool:
        """Whether the folder has a folder of images for validation."""
        return "validation" in contents(self._folder(), self.labels).splits

    def advice_on(self, split: str) -> str:
        if split == "test":
            return "put 10 or more into a folder test/ beside train/, or add images: one in twenty is for testing"
        return "put 10 or more into a folder val/ beside train/, or add images: of 50 to train on, 10 are held out"

    def _folder(self) -> pathlib.Path:
        if not self.data_dir:
            raise ValueError(f"data_dir is empty: dataset={self.name} needs the folder of the images")
        return expanded(self.data_dir)


class IntactImage(NamedTuple):
    """An image that can be decoded, and the sha256 of its file, in hexadecimal."""

    file: ImageFile
    hash: str


class Contents(NamedTuple):
    """The images of a folder by split, "train", "test", and "validation" where it has one, and what they are of."""

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
    intact = {image.file: image for image in _intact(folder, listing.files)}
    parts = {split: [intact[file] for file in files if file in intact] for split, files in groups.items()}
    for split, images in parts.items():
        image_files.check_some(images, folder / split if len(parts) > 1 else folder)
    labels = folder_labels.of_images(
        kind, folder, {split: [image.file for image in images] for split, images in parts.items()}, tables,
        [file for file in listing.files if file not in intact])
    if "test" not in parts:
        parts["train"], parts["test"] = _divided(folder, parts["train"])
    parts = {split: parts[split] for split in image_files.SPLITS if split in parts}
    passed_over = [*listing.passed_over, ("broken", len(listing.files) - len(intact))]
    logging.info("%s: %d images in all: %s; passed over: %s%s", folder, len(intact),
                 ", ".join(f"{len(images)} {split}" for split, images in parts.items()),
                 image_files.listed_reasons(passed_over), labels.described(image.file.key for image in parts["train"]))
    return Contents(parts, labels)


def _divided(folder: pathlib.Path, images: list[IntactImage]) -> tuple[list[IntactImage], list[IntactImage]]:
    """Those to train on, and those to test on."""
    if len(images) < 2:
        raise ValueError(f"{folder} holds a single image; at least 2 are needed, one to train on and one to test on")
    count = max(1, round(_TEST_SHARE * len(images)))
    for_testing = set(sorted(images, key=lambda image: hashlib.sha256(image.file.key).digest())[:count])
    train = [image for image in images if image not in for_testing]
    return train, [image for image in images if image in for_testing]


def _intact(folder: pathlib.Path, files: Sequence[ImageFile]) -> list[IntactImage]:
    """Those of the files that can be decoded."""
    known = known_images.load(folder)
    unknown = [file for file in files if known.get(file.name, _NOTHING).state != file.state]
    faults = {}
    for file, found in zip(unknown, _in_parallel(_examined, unknown, "checking"), strict=True):
        known.pop(file.name, None)
        if isinstance(found, Known):
            known[file.name] = found
        else:
            faults[file] = found
    if unknown:
        known_images.save(folder, {file.name: known[file.name] for file in files if file.name in known})
    intact = [IntactImage(file, known[file.name].hash) for file in files if file not in faults]
    _report_faults(folder, len(files), [f"{file.path} ({fault})" for file, fault in faults.items()],
                   [image.file.path for image in intact if known[image.file.name].dim])
    return intact


_NOTHING = Known((-1, -1, -1), "", False)


def _examined(file: ImageFile) -> Known | str:
    """What is known of the image, or what is wrong with it."""
    try:
        content = pathlib.Path(file.path).read_bytes()
        return Known(file.state, hashlib.sha256(content).hexdigest(), is_dim(io.BytesIO(content)))
    except DECODING_ERRORS as error:
        return f"{type(error).__name__}: {error}"


def _report_faults(folder: pathlib.Path, count: int, broken: Sequence[str], dim: Sequence[str]) -> None:
    """Warns of broken and dark images. Raises `ValueError` for too many that are broken."""
    if broken:
        found = f"{len(broken)} of {count} images in {folder} cannot be decoded, the first is {broken[0]}"
        if len(broken) > _BROKEN_ALLOWED * count:
            raise ValueError(f"{found}; remove or repair them, at most 1 % are skipped")
        logging.warning("%s; they are skipped", found)
    if dim:
        logging.warning("%d of %d images in %s are 16-bit greys below 4096 of 65535 and will be almost black, the "
                        "first is %s; scale them to the whole range", len(dim), count, folder, dim[0])


def _source(name: str, images: Sequence[IntactImage], labels: Labels, size: int) -> Source:
    keys = [image.file.key for image in images]
    parts = (part for image in images for part in (image.file.key, image.hash))
    origin = Origin(identity_of(size, *parts, *labels.identity(keys)), keys)
    beside = {key: np.array(values, labels.spec[key].dtype.as_numpy_dtype) for key, values in labels.of(keys).items()}
    paths = [image.file.path for image in images]
    if len(paths) * size * size * 3 > LARGEST_IN_MEMORY:
        return StreamedSource(name, len(paths), size, lambda index: _read(paths[index], size), origin=origin, beside={
            key: Beside(labels.spec[key], values.__getitem__) for key, values in beside.items()})
    pixels = np.empty((len(paths), size, size, 3), np.uint8)
    for place, image in enumerate(_in_parallel(functools.partial(_read, size=size), paths, "decoding")):
        pixels[place] = image
    names = {key: labels.spec[key].names if key in labels.spec else () for key in ("label", "attributes")}
    return ArraySource(name, pixels, beside.get("label"), class_names=names["label"],
                       attributes=beside.get("attributes"), attribute_names=names["attributes"], origin=origin)


def _read(path: str, size: int) -> np.ndarray:
    try:
        return square_image(io.BytesIO(pathlib.Path(path).read_bytes()), size)  # bytes, as in the check
    except DECODING_ERRORS as error:
        raise ValueError(f"{path} cannot be decoded: {error}") from error


def _in_parallel(function: Callable[[Item], Result], items: Sequence[Item], doing: str) -> Iterator[Result]:
    """Results in order; Pillow releases the interpreter's lock, so threads are enough."""
    with ThreadPool() as pool:
        yield from tqdm.tqdm(pool.imap(function, items, chunksize=16), total=len(items), desc=doing, unit="image",
                             disable=len(items) < _WORTH_A_BAR or None)
