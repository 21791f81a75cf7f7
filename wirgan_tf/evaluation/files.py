"""Files of arrays that are complete or absent, even when two processes write the same one at once."""

import pathlib

import numpy as np

from wirgan_tf.files import CACHE, whole_file


def save_arrays(path: pathlib.Path, arrays: dict[str, np.ndarray]) -> None:
    """Writes `arrays` to the .npz file `path`, all or nothing. Raises `OSError` that names it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        np.savez(file, **arrays)


def load_arrays(path: pathlib.Path) -> dict[str, np.ndarray]:
    """What `save_arrays` wrote. Raises `FileNotFoundError`, and other errors for a file that is not .npz."""
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


__all__ = ["CACHE", "load_arrays", "save_arrays"]
