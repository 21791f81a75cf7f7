"""Any folder of images, each cropped to its largest centred square and resized.

With subfolders train/ and test/ these are the splits; else one image in twenty, chosen by a hash of its path, is for
testing. Small sets are held in memory, larger ones are decoded as they are needed.
"""

import functools
import hashlib
import logging
import os
import pathlib
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.pool import ThreadPool
from typing import TypeVar

import numpy as np
import tqdm

from wirgan_tf.data.dataset import ResizedDataSet
from wirgan_tf.data.images import DECODING_ERRORS, StreamedSource, check_image, square_image
from wirgan_tf.data.source import ArraySource, Source

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp")
LARGEST_IN_MEMORY = 2**30  # bytes
_DEFAULT_SIZE = 64
_BROKEN_ALLOWED = 0.01
_TEST_SHARE = 0.05
_WORTH_A_BAR = 1000  # images

Item = TypeVar("Item")
Result = TypeVar("Result")


class ImageFolder(ResizedDataSet):
    """RGB images of the folder `data_dir`, [size, size, 3]."""

    def load(self, split: str) -> Source:
        return load(self, split)


def load(config: ImageFolder, split: str) -> Source:
    """RGB images [size, size, 3] of the folder `config.data_dir`; size is `config.image_size`, or 64.

    Images that cannot be decoded are left out with a warning that counts them.

    Raises: `FileNotFoundError` when there is no such folder or no image in it, `ValueError` when more than 1 % of the
    images are broken, or when there are too few for both splits.
    """
    if not config.data_dir:
        raise ValueError(f"data_dir is empty: dataset={config.name} needs the folder of the images")
    size = config.image_size or _DEFAULT_SIZE
    folder = pathlib.Path(config.data_dir).expanduser()
    files = _split(folder, _intact(folder, tuple(_listed(folder))), split)
    read = functools.partial(square_image, size=size)
    if len(files) * size * size * 3 > LARGEST_IN_MEMORY:
        return StreamedSource(config.name, len(files), size, lambda index: read(files[index]))
    images = np.empty((len(files), size, size, 3), np.uint8)
    for place, image in enumerate(_in_parallel(read, files, "decoding")):
        images[place] = image
    return ArraySource(config.name, images)


def _listed(folder: pathlib.Path) -> list[str]:
    """Paths of the images in a folder and below it, sorted; hidden files, which some systems add, are not images."""
    if not folder.is_dir():
        raise FileNotFoundError(f"the folder {folder} does not exist; give the folder of the images with --data_dir")
    files = [os.path.join(parent, name) for parent, _, names in os.walk(folder, followlinks=True) for name in names
             if name.lower().endswith(ENDINGS) and not name.startswith(".")]
    if not files:
        raise FileNotFoundError(f"there is no image in {folder} or below it; the accepted endings are "
                                f"{', '.join(ENDINGS)}")
    return sorted(files)


@functools.lru_cache(maxsize=1)  # both splits of a folder need the answer, which takes reading every image
def _intact(folder: pathlib.Path, files: tuple[str, ...]) -> list[str]:
    """The files that can be decoded."""
    faults = list(_in_parallel(_fault, files, "checking"))
    broken = [f"{file} ({fault})" for file, fault in zip(files, faults, strict=True) if fault]
    if broken:
        found = f"{len(broken)} of {len(files)} images in {folder} cannot be decoded, the first is {broken[0]}"
        if len(broken) > _BROKEN_ALLOWED * len(files):
            raise ValueError(f"{found}; remove or repair them, at most 1 % are skipped")
        logging.warning("%s; they are skipped", found)
    return [file for file, fault in zip(files, faults, strict=True) if not fault]


def _fault(file: str) -> str:
    try:
        check_image(file)
    except DECODING_ERRORS as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _split(folder: pathlib.Path, files: list[str], split: str) -> list[str]:
    if (folder / "train").is_dir() and (folder / "test").is_dir():
        chosen = [file for file in files if pathlib.Path(file).is_relative_to(folder / split)]
        if not chosen:
            raise FileNotFoundError(f"there is no image in {folder / split} or below it; the accepted endings are "
                                    f"{', '.join(ENDINGS)}")
        return chosen
    if len(files) < 2:
        raise ValueError(f"{folder} holds a single image; at least 2 are needed, one to train on and one to test on")
    count = max(1, round(_TEST_SHARE * len(files)))
    for_testing = set(sorted(files, key=lambda file: _hash(file, folder))[:count])
    return [file for file in files if (file in for_testing) == (split == "test")]


def _hash(file: str, folder: pathlib.Path) -> bytes:
    return hashlib.sha256(pathlib.Path(file).relative_to(folder).as_posix().encode(errors="surrogateescape")).digest()


def _in_parallel(function: Callable[[Item], Result], items: Sequence[Item], doing: str) -> Iterator[Result]:
    """Results in order; Pillow releases the interpreter's lock, so threads are enough."""
    with ThreadPool() as pool:
        yield from tqdm.tqdm(pool.imap(function, items, chunksize=16), total=len(items), desc=doing, unit="image",
                             disable=len(items) < _WORTH_A_BAR or None)
