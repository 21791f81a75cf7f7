"""Sampling from an export alone."""

import json
import pathlib
from typing import Any

import numpy as np
import tensorflow as tf

from wirgan_tf.exporting.saved_model import METADATA, versions
from wirgan_tf.files import literal_path
from wirgan_tf.models.sampling import in_calls


class ExportedGenerator:
    """A SavedModel written by `export_generator`, with the methods of a `Sampler`.

    Args:
      folder: of one version, or of all, of which the newest is taken.

    Raises: `FileNotFoundError` when there is no export in `folder`, `ValueError` when it is not one of ours.
    """

    def __init__(self, folder: pathlib.Path):
        self.folder, self.metadata = find_export(folder)
        self.dataset, self.shape = self.metadata["dataset"], tuple(self.metadata["shape"])
        try:
            with literal_path(self.folder) as path:
                signatures = tf.saved_model.load(path).signatures
            self._sample, self._refine = signatures["sample_rows"], signatures["refine_rows"]
        except KeyError as error:
            raise _not_ours(self.folder, error) from error

    def images(self, seeds: np.ndarray) -> np.ndarray:
        """Images float32 [N, *shape] in [-1, 1] for int64 seeds [N]."""
        return in_calls(lambda part: self._sample(seed=part, truncation=tf.ones([len(part)]))["images"], seeds)

    def canvases(self, seeds: np.ndarray) -> np.ndarray:
        """The images as they stand after each time step, float32 [T, N, *shape], for int64 seeds [N]."""
        parts = in_calls(lambda part: self._refine(seed=part, truncation=tf.ones([len(part)]))["canvases"], seeds)
        return parts.swapaxes(0, 1)


def find_export(folder: pathlib.Path) -> tuple[pathlib.Path, dict[str, Any]]:
    """The folder of the version in `folder`, or of the newest below it, and its metadata; without loading the model.

    Raises: `FileNotFoundError` when there is no export in `folder`, `ValueError` when its metadata is not ours.
    """
    folder = (versions(folder)[-1:] or [folder])[0]
    if not (folder / METADATA).is_file():
        raise FileNotFoundError(f"no exported generator in {folder}; make one with --mode=export --run_dir=...")
    try:
        metadata = json.loads((folder / METADATA).read_text())
        return folder, metadata | {name: metadata[name] for name in ("dataset", "shape")}
    except (json.JSONDecodeError, KeyError) as error:
        raise _not_ours(folder, error) from error


def _not_ours(folder: pathlib.Path, error: Exception) -> ValueError:
    return ValueError(f"{folder} is not an export of this version of wirgan_tf: {error!r}")
