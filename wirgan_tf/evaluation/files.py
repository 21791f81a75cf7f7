"""Files of arrays that are complete or absent, also when two processes write the same one at once."""

import os
import pathlib
import tempfile

import numpy as np

CACHE = pathlib.Path("~/.cache/wirgan_tf")


def save_arrays(path: pathlib.Path, arrays: dict[str, np.ndarray]) -> None:
    """Writes `arrays` to the .npz file `path`, all or nothing; the last of several writers wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".partial")
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.savez(file, **arrays)
        os.replace(partial, path)
    except BaseException:
        os.unlink(partial)
        raise


def load_arrays(path: pathlib.Path) -> dict[str, np.ndarray]:
    """What `save_arrays` wrote. Raises `FileNotFoundError`, and other errors for what is no .npz file."""
    with np.load(path, allow_pickle=False) as file:
        return dict(file)
