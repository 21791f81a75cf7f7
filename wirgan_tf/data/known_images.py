"""What is known of a folder's images, kept in the cache, so that a second start need not read them all again."""

import json
import os
import pathlib
from collections.abc import Mapping
from typing import NamedTuple

import PIL

from wirgan_tf import files
from wirgan_tf.data.identity import identity_of


class Known(NamedTuple):
    """What reading an image showed.

    Attributes:
      state: of its file when it was read, see `ImageFile`.
      hash: sha256 of its content, in hexadecimal.
      dim: see `images.is_dim`.
    """

    state: tuple[int, int, int]
    hash: str
    dim: bool


def load(folder: pathlib.Path) -> dict[str, Known]:
    """What is known of images, by their names in `folder`; empty when nothing is known."""
    try:
        kept = json.loads(_path(folder).read_bytes())
        if kept["pillow"] != PIL.__version__:
            return {}
        return {name: Known(tuple(state), digest, dim) for name, (state, digest, dim) in kept["images"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # absent, unreadable, or damaged
        return {}


def save(folder: pathlib.Path, images: Mapping[str, Known]) -> None:
    """Keeps what is known of the images in `folder`; warns when the cache cannot be written."""
    with files.optional_cache(files.CACHE):
        path = _path(folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_whole(path, json.dumps({"pillow": PIL.__version__, "images": images}).encode())


def _path(folder: pathlib.Path) -> pathlib.Path:
    return files.expanded(files.CACHE) / "folders" / f"{identity_of(os.path.realpath(folder))[:32]}.json"
