"""Sampling from an export alone."""

import json
import pathlib

import numpy as np
import tensorflow as tf

from wirgan_tf.exporting.saved_model import METADATA, versions
from wirgan_tf.models.sampling import ROWS


class ExportedGenerator:
    """A SavedModel written by `export_generator`.

    Args:
      folder: of one version, or of all, of which the newest is taken.

    Raises: `FileNotFoundError` when there is no export in `folder`, `ValueError` when it is not one of ours.
    """

    def __init__(self, folder: pathlib.Path):
        newest = versions(folder)[-1:]
        self.folder = newest[0] if newest else folder
        if not (self.folder / METADATA).is_file():
            raise FileNotFoundError(f"no exported generator in {folder}; make one with --mode=export --run_dir=...")
        try:
            self.metadata = json.loads((self.folder / METADATA).read_text())
            self.dataset, self.shape = self.metadata["dataset"], tuple(self.metadata["shape"])
            self._sample = tf.saved_model.load(str(self.folder)).signatures["sample"]
        except (json.JSONDecodeError, KeyError) as error:
            raise ValueError(f"{self.folder} is not an export of this version of wirgan_tf: {error!r}") from error

    def images(self, seed: int, count: int) -> np.ndarray:
        """Images float32 [count, *shape] in [-1, 1]; image i is a function of seed + i alone."""
        parts = [self._sample(num_samples=tf.constant(ROWS, tf.int64), seed=tf.constant(first, tf.int64))["images"]
                 for first in range(seed, seed + count, ROWS)]
        return np.concatenate(parts)[:count]
