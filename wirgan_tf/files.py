"""Files that are complete or absent, files of lines that grow, the cache's folder, and paths of SavedModels."""

import contextlib
import errno
import fcntl
import functools
import hashlib
import json
import logging
import os
import pathlib
import re
import tempfile
import types
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

CACHE = pathlib.Path(os.environ.get("WIRGAN_TF_CACHE") or "~/.cache/wirgan_tf")
_SHOWN_OF_LINE = 60  # bytes
_ABSENT = object()
_OF_PATTERNS = "[]*?\\"
_PARTIAL = re.compile(r"\.[0-9a-f]{32}\.partial")


def expanded(path: str | pathlib.Path) -> pathlib.Path:
    """`path` with a leading ~ replaced by the home folder.

    Raises: `FileNotFoundError` when there is no such folder, and for an address, which is no path of this machine.
    """
    if re.match(r"\w+:/", str(path)):  # pathlib turns // into /
        raise FileNotFoundError(f"{path}: expected a path on this machine, not an address")
    try:
        return pathlib.Path(path).expanduser()
    except RuntimeError as error:
        raise FileNotFoundError(f"{path} is below a home folder that is not known; set HOME, or give another "
                                "path") from error


@contextlib.contextmanager
def optional_cache(path: pathlib.Path) -> Iterator[None]:
    """A block that writes to `path`, a cache that only saves work: an error becomes a warning."""
    try:
        yield
    except OSError as error:
        _warn_of_cache(path, str(error))


@functools.cache  # once, not at every evaluation of a training
def _warn_of_cache(path: pathlib.Path, reason: str) -> None:
    logging.warning("going on without the cache %s (%s); the variable WIRGAN_TF_CACHE names another folder", path,
                    reason)


@contextlib.contextmanager
def whole_file(path: pathlib.Path) -> Iterator[BinaryIO]:
    """A binary file to write to, which takes the place of `path` at the end of the block.

    After an error `path` is as it was before. The last of several processes that write at once wins.

    Raises: `OSError` that names `path`.
    """
    partial = path.with_name(f".{uuid.uuid4().hex}.partial")  # short, since `path` may have the longest name there is
    try:
        try:
            with open(partial, "xb") as file:
                yield file
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise OSError(f"could not write {path}: {error.strerror or error}") from error


def unfinished_files(folder: pathlib.Path) -> list[pathlib.Path]:
    """Files that writers of whole files in `folder` have not finished, or left behind when they were killed."""
    return [path for path in folder.iterdir() if _PARTIAL.fullmatch(path.name)]


def write_whole(path: pathlib.Path, content: bytes) -> None:
    """Writes a file, all or nothing. Raises `OSError` that names it, with no partial file left behind."""
    with whole_file(path) as file:
        file.write(content)


def append_lines(path: str | pathlib.Path, objects: Sequence[dict[str, Any]]) -> None:
    """Appends a line of JSON for each of `objects` to the file `path`: all of the lines, or none.

    They begin on a new line even if the file ends in the middle of one. One process writes at a time.

    Raises: `OSError` that names `path`, as when the disk is full; `ValueError` for numbers that are not finite.
    """
    data = "".join(f"{json.dumps(each, allow_nan=False)}\n" for each in objects).encode()
    try:
        with open(path, "a+b", buffering=0) as file:
            _lock(file)
            _append(file, data)
    except OSError as error:
        raise OSError(f"could not append to {path}: {error.strerror or error}") from error


def _lock(file: BinaryIO) -> None:
    """Waits until no other process appends to the file. On network file systems without locks it does not wait."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
            raise


def _append(file: BinaryIO, data: bytes) -> None:
    end = file.seek(0, os.SEEK_END)
    if end and data:
        file.seek(end - 1)
        data = data if file.read(1) == b"\n" else b"\n" + data
    try:
        written = file.write(data)
        while written < len(data):  # a short write; what stopped it is raised by the next
            written += file.write(data[written:])
    except BaseException:
        file.truncate(end)
        raise


def read_lines(path: str | pathlib.Path, required: Mapping[str, type | types.UnionType]) -> list[dict[str, Any]]:
    """The objects that `append_lines` wrote, in order; none when there is no file.

    A line that is not an object with the keys `required`, each of its type, was damaged: it is skipped with a warning.
    """
    path = pathlib.Path(path)
    objects = []
    for number, line in enumerate(path.read_bytes().split(b"\n") if path.is_file() else [], start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if isinstance(found, dict) and all(isinstance(found.get(key, _ABSENT), kind) for key, kind in required.items()):
            objects.append(found)
        else:
            logging.warning("line %d of %s is damaged and skipped: %s", number, path,
                            line[:_SHOWN_OF_LINE].decode(errors="replace"))
    return objects


@contextlib.contextmanager
def literal_path(path: pathlib.Path) -> Iterator[str]:
    """`path`, or a link to it, as a name that TensorFlow cannot take for a pattern; valid within the block.

    TensorFlow looks for the variables of a SavedModel by taking the given path as a pattern: below `lr[1e-3]/` it finds
    none. It writes to literal paths; only loading needs this.

    Raises: `ValueError` when links cannot be kept anywhere else than below such a path.
    """
    absolute = path.absolute()
    if not is_pattern(absolute):
        yield str(path)
        return
    with tempfile.TemporaryDirectory(prefix="wirgan_tf_") as folder:
        if is_pattern(pathlib.Path(folder)):
            raise ValueError(f"TensorFlow cannot read {path}, whose path has one of the characters {_OF_PATTERNS}; "
                             f"rename it, or set TMPDIR to a folder without them (it is {tempfile.gettempdir()})")
        link = pathlib.Path(folder) / "model"
        link.symlink_to(absolute)
        yield str(link)


def is_pattern(path: pathlib.Path) -> bool:
    """Whether TensorFlow would match `path` against other paths.

    >>> is_pattern(pathlib.Path("runs/lr[1e-3]")), is_pattern(pathlib.Path("runs/lr 1e-3"))
    (True, False)
    """
    return any(character in _OF_PATTERNS for character in str(path))


def saved_model_hash(folder: pathlib.Path) -> str:
    """sha256 of the graph and the variables of the SavedModel in `folder`."""
    digest = hashlib.sha256()
    for path in [folder / "saved_model.pb", *sorted((folder / "variables").glob("*"))]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
