"""Translating files of pictures: which there are, where their translations go, and the work itself."""

import collections
import concurrent.futures
import itertools
import logging
import pathlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from wirgan_tf import pictures
from wirgan_tf.data.image_files import list_images
from wirgan_tf.data.images import DECODING_ERRORS
from wirgan_tf.data.pixels import Pixels, read_pixels
from wirgan_tf.data.two_folders import ACCEPTED

_THREADS = 2  # that read and write while the network translates
_AHEAD = 16  # pictures read before their turn, and as many written after it
_MOST_ROWS = 16  # in a call of the network
_MOST_PIXELS = 2**20  # in a call, unless one picture alone has more
_MOST_HELD = 2**25  # pixels that wait for others of their size

Translate = Callable[[np.ndarray], np.ndarray]
"""Images float32 [B, H, W, C] in [-1, 1] of any size -> [B, H, W, C'] of the same size."""


class Task(NamedTuple):
    """A picture to read, and the PNG file that its translation goes to."""

    source: pathlib.Path
    target: pathlib.Path


class Done(NamedTuple):
    """A picture that was translated: images float32 [H, W, C] in [-1, 1]."""

    task: Task
    source: np.ndarray
    translation: np.ndarray


def tasks(source: pathlib.Path, output: pathlib.Path) -> list[Task]:
    """The pictures of a file or a folder, and of the folders below it; translations keep their relative paths.

    A translation is a PNG file: `a/b.jpg` goes to `a/b.png`, and to `a/b.jpg.png` where `a/b.png` is a picture too.

    Raises: `FileNotFoundError` for a missing source, `ValueError` for an output that is not a folder, when a
    translation would replace a picture of `source` or a file next to it, and when the next call would take translations
    for pictures.
    """
    _check_places(source, output)
    if source.is_file():
        return [Task(source, output / source.with_suffix(".png").name)]
    names = [pathlib.PurePosixPath(file.name) for file in list_images(source, ACCEPTED).files]
    found = [Task(source / name, output / target) for name, target in zip(names, _targets(names), strict=True)]
    if source.resolve().is_relative_to(output.resolve()):
        _check_replaces_none(found)
    return found


def _check_places(source: pathlib.Path, output: pathlib.Path) -> None:
    if not source.exists():
        raise FileNotFoundError(f"input={source}: there is no such picture or folder")
    if not output.is_dir() and (output.exists() or output.suffix.lower() in ACCEPTED):
        raise ValueError(f"output={output}: translations go to a folder, and this is a file or named like one")
    if source.is_dir() and output.resolve().is_relative_to(source.resolve()):
        raise ValueError(f"output={output} lies in input={source}, where translations would be taken for pictures; "
                         "choose a folder outside it")
    target = output / source.with_suffix(".png").name
    if source.is_file() and target.exists() and output.resolve() == source.parent.resolve():
        raise ValueError(f"output={output} is the folder of {source.name}, where the translation would replace "
                         f"{target.name}; choose another folder")


def _check_replaces_none(found: Sequence[Task]) -> None:
    pictures_there = {task.source.resolve() for task in found}
    for task in found:
        if task.target.resolve() in pictures_there:
            raise ValueError(f"the translation of {task.source} would replace the picture {task.target}; choose an "
                             "output that is no folder above the input")


def _targets(names: Sequence[pathlib.PurePosixPath]) -> Iterator[pathlib.PurePosixPath]:
    """A name for the translation of each picture, no two alike."""
    users = collections.Counter(name.with_suffix(".png") for name in names)
    taken = set(users)
    for name in names:
        if users[name.with_suffix(".png")] == 1:
            yield name.with_suffix(".png")
            continue
        longer = (name.with_name(name.name + ".png" * count) for count in itertools.count(1))
        target = next(candidate for candidate in longer if candidate not in taken)
        taken.add(target)
        yield target


def translate_files(translate: Translate, files: Sequence[Task], pixels: Pixels, *,
                    one_by_one: bool = False) -> Iterator[Done | Task]:
    """Translates `files` and writes their translations, pictures of one size together; they are yielded in any order.

    Args:
      translate: the network.
      files: to be translated.
      pixels: of the pictures as the network takes them.
      one_by_one: whether each has a call of its own, as when it is cut into tiles.

    Yields: each picture that was done, or the task of one that cannot be read, which is named in a warning.
    Raises: `OSError` when a translation cannot be written.
    """
    written: collections.deque[concurrent.futures.Future] = collections.deque()
    with concurrent.futures.ThreadPoolExecutor(_THREADS) as pool:
        for batch in _of_equal_size(_read_ahead(pool, files, pixels), one_by_one):
            if isinstance(batch, Task):
                yield batch
                continue
            sources = np.stack([image for _, image in batch])
            for (task, image), translation in zip(batch, translate(sources), strict=True):
                written.append(pool.submit(_write, task.target, translation))
                yield Done(task, image, translation)
            while len(written) > _AHEAD:
                written.popleft().result()
        for each in written:
            each.result()


def read_source(path: pathlib.Path, pixels: Pixels) -> np.ndarray:
    """A picture, or an array in a .npy file, as the network takes it: float32 [H, W, C] in [-1, 1].

    Raises: one of `DECODING_ERRORS` for what is broken or has other channels.
    """
    found = pixels.whole(read_pixels(path.read_bytes(), pixels.exact))
    return found.astype(np.float32) / (np.iinfo(found.dtype).max / 2) - 1.0


def _read_ahead(pool: concurrent.futures.Executor, files: Iterable[Task],
                pixels: Pixels) -> Iterator[tuple[Task, np.ndarray] | Task]:
    """The pictures in their order, some of them read before they are asked for."""
    reading: collections.deque[tuple[Task, concurrent.futures.Future]] = collections.deque()
    left = iter(files)
    while True:
        for task in left:
            reading.append((task, pool.submit(read_source, task.source, pixels)))
            if len(reading) == _AHEAD:
                break
        if not reading:
            return
        task, read = reading.popleft()
        try:
            yield task, read.result()
        except DECODING_ERRORS as error:
            logging.warning("%s is skipped: %s", task.source, " ".join(str(error).split()) or repr(error))
            yield task


def _of_equal_size(found: Iterable[tuple[Task, np.ndarray] | Task],
                   one_by_one: bool) -> Iterator[list[tuple[Task, np.ndarray]] | Task]:
    """Batches of pictures of one size. Those that wait for others hold a limited number of pixels."""
    waiting: dict[tuple[int, ...], list[tuple[Task, np.ndarray]]] = collections.defaultdict(list)
    held = 0
    for each in found:
        if isinstance(each, Task):
            yield each
            continue
        shape = each[1].shape
        pixels = shape[0] * shape[1]
        waiting[shape].append(each)
        held += pixels
        most = 1 if one_by_one else max(1, min(_MOST_ROWS, _MOST_PIXELS // pixels))
        if len(waiting[shape]) == most or held > _MOST_HELD:
            held -= pixels * len(waiting[shape])
            yield waiting.pop(shape)
    yield from waiting.values()


def _write(path: pathlib.Path, image: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pictures.save(pictures.single(image), path)
