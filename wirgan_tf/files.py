"""Files that are complete or absent, paths that TensorFlow takes literally, and what tells SavedModels apart."""

import contextlib
import hashlib
import os
import pathlib
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

_OF_PATTERNS = "[]*?\\"


@contextlib.contextmanager
def whole_file(path: pathlib.Path) -> Iterator[BinaryIO]:
    """A file to write to, which appears at `path` in one rename when the block ends without an error.

    Raises: `OSError` that names the file, with no partial file left behind.
    """
    partial = partial_path(path)
    try:
        with partial.open("wb") as file:
            yield file
        os.replace(partial, path)
    except BaseException as error:
        partial.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OSError(f"could not write {path}: {error.strerror or error}") from error
        raise


def partial_path(path: pathlib.Path) -> pathlib.Path:
    """Where `whole_file` writes to until the file is complete; a killed process leaves it behind."""
    return path.with_name(f".{path.name}.partial")


def write_whole(path: pathlib.Path, content: bytes) -> None:
    """Writes a file, all or nothing. Raises `OSError` that names it, with no partial file left behind."""
    with whole_file(path) as file:
        file.write(content)


@contextlib.contextmanager
def literal_path(path: pathlib.Path) -> Iterator[str]:
    """`path`, or a link to it, as a name that TensorFlow cannot take for a pattern; valid within the block.

    TensorFlow looks for the variables of a SavedModel by matching the path that it is given as a pattern: below
    `lr[1e-3]/` it finds none. It writes literally; only loading needs this.

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
