"""Which of the files of a folder are images that can be decoded, and which of these are for testing."""

import hashlib
import logging
import pathlib
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.pool import ThreadPool
from typing import NamedTuple, TypeVar

import tqdm

from wirgan_tf.data import known_images
from wirgan_tf.data.copies import Picture, drawn
from wirgan_tf.data.image_files import ImageFile
from wirgan_tf.data.images import DECODING_ERRORS
from wirgan_tf.data.known_images import Known
from wirgan_tf.data.pixels import is_dim

_BROKEN_ALLOWED = 0.01
_TEST_SHARE = 0.05
_WORTH_A_BAR = 1000  # images

Item = TypeVar("Item")
Result = TypeVar("Result")
File = TypeVar("File", bound=Picture)


class IntactImage(NamedTuple):
    """An image that can be decoded, and the sha256 of its file, in hexadecimal."""

    file: ImageFile
    hash: str

    @property
    def key(self) -> bytes:
        return self.file.key

    @property
    def path(self) -> str:
        return self.file.path


def intact_images(folder: pathlib.Path, files: Sequence[ImageFile]) -> list[IntactImage]:
    """The files that can be decoded; a warning names one of the others.

    Raises: `ValueError` when more than 1 % are broken.
    """
    known = known_images.load(folder)
    unknown = [file for file in files if known.get(file.name, _NOTHING).state != file.state]
    faults = {}
    for file, found in zip(unknown, in_parallel(_examined, unknown, "checking"), strict=True):
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
        return Known(file.state, hashlib.sha256(content).hexdigest(), is_dim(content))
    except DECODING_ERRORS as error:
        return f"{type(error).__name__}: {error}"


def _report_faults(folder: pathlib.Path, count: int, broken: Sequence[str], dim: Sequence[str]) -> None:
    """Warns of broken and dark images. Raises `ValueError` when too many are broken."""
    if broken:
        found = f"{len(broken)} of {count} images in {folder} cannot be decoded, the first is {broken[0]}"
        if len(broken) > _BROKEN_ALLOWED * count:
            raise ValueError(f"{found}; remove or repair them, at most 1 % are skipped")
        logging.warning("%s; they are skipped", found)
    if dim:
        logging.warning("%d of %d images in %s are 16-bit greys below 4096 of 65535 and will be almost black, the "
                        "first is %s; scale them to the whole range", len(dim), count, folder, dim[0])


def divided(folder: pathlib.Path, images: list[File]) -> tuple[list[File], list[File]]:
    """Images to train on and to test on: one in twenty to test, chosen by a hash of its `key`; copies stay together."""
    if len(images) < 2:
        raise ValueError(f"{folder} holds a single image; at least 2 are needed, one to train on and one to test on")
    count = max(1, round(_TEST_SHARE * len(images)))
    for_testing = set(drawn([image.key for image in images], [image.hash for image in images], count))
    return ([image for place, image in enumerate(images) if place not in for_testing],
            [image for place, image in enumerate(images) if place in for_testing])


def in_parallel(function: Callable[[Item], Result], items: Sequence[Item], doing: str) -> Iterator[Result]:
    """Results in order; Pillow releases the interpreter's lock, so threads are enough."""
    with ThreadPool() as pool:
        yield from tqdm.tqdm(pool.imap(function, items, chunksize=16), total=len(items), desc=doing, unit="image",
                             disable=len(items) < _WORTH_A_BAR or None)
