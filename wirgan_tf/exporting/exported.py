"""Sampling from an export alone."""

import json
import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from wirgan_tf.data import labels_as_frequent
from wirgan_tf.entries import Entry
from wirgan_tf.exporting.saved_model import METADATA, versions
from wirgan_tf.files import literal_path
from wirgan_tf.models.sampling import Conditions, check_conditions, default_conditions, drawn_codes, in_calls
from wirgan_tf.noise import Noise


class ExportedGenerator:
    """A SavedModel written by `export_generator`, with the methods of a `Sampler`.

    Args:
      folder: of one version, or of all, of which the newest is taken.
      default_conditions: as for a `Sampler`; by default the labels of a model that depends on nothing else are as
        frequent as those that it was trained with, when that is known.

    Raises: `FileNotFoundError` when there is no export in `folder`, `ValueError` when it is not one of ours.
    """

    def __init__(self, folder: str | pathlib.Path,
                 default_conditions: Callable[[np.ndarray], Conditions] | None = None):
        self.folder, self.metadata = find_export(folder)
        self.dataset, self.shape = self.metadata["dataset"], tuple(self.metadata["shape"])
        self.condition_specs = exported_conditions(self.metadata)
        frequencies = self.metadata.get("frequencies", {})
        if default_conditions is None and set(self.condition_specs) == {"label"} == set(frequencies):
            default_conditions = labels_as_frequent(frequencies["label"])
        self._default_conditions = default_conditions
        try:
            with literal_path(self.folder) as path:
                signatures = tf.saved_model.load(path).signatures
            self._sample, self._refine = signatures["sample_rows"], signatures["refine_rows"]
        except KeyError as error:
            raise _not_ours(self.folder, error) from error

    def images(self, seeds: np.ndarray, conditions: Conditions | None = None) -> np.ndarray:
        """Images float32 [N, *shape] in [-1, 1] for int64 seeds [N] and conditions [N, ...]."""
        return self._call(self._sample, "images", seeds, conditions)

    def canvases(self, seeds: np.ndarray, conditions: Conditions | None = None) -> np.ndarray:
        """The images as they stand after each time step, float32 [T, N, *shape]."""
        return self._call(self._refine, "canvases", seeds, conditions).swapaxes(0, 1)

    def conditions(self, seeds: np.ndarray) -> Conditions:
        """The conditions of samples that come with none: by default of examples, and codes drawn as in training."""
        if not self.condition_specs:
            return {}
        noise = {name: Noise(tuple(fields["shape"]), fields["distribution"], askable=name in self.condition_specs)
                 for name, fields in self.metadata.get("noise", {}).items()}
        codes = {name: entry for name, entry in self.condition_specs.items() if name in noise}
        others = {name: entry for name, entry in self.condition_specs.items() if name not in noise}
        return {**default_conditions(self._default_conditions, others, seeds), **drawn_codes(seeds, codes, noise)}

    def _call(self, signature: Callable[..., dict], output: str, seeds: np.ndarray,
              conditions: Conditions | None) -> np.ndarray:
        given = self.conditions(seeds) if conditions is None else conditions
        given = check_conditions(given, self.condition_specs, len(seeds))
        return in_calls(lambda part, rows: signature(seed=part, truncation=tf.ones([len(part)]), **rows)[output],
                        seeds, given)


def find_export(folder: str | pathlib.Path, version: int = 0) -> tuple[pathlib.Path, dict[str, Any]]:
    """The folder of an export and its metadata, without loading the model.

    Args:
      folder: of one version, or of all.
      version: which of all; 0: the newest.

    Raises: `FileNotFoundError` when there is no export in `folder`, or not this version, `ValueError` when its metadata
    is not ours.
    """
    folder = pathlib.Path(folder)
    there = {int(path.name): path for path in versions(folder)}
    if version and version not in there:
        raise FileNotFoundError(f"no version {version} in {folder}; the versions there are: "
                                f"{', '.join(map(str, there)) or 'none'}")
    folder = there[version or max(there)] if there else folder
    if not (folder / METADATA).is_file():
        raise FileNotFoundError(f"no exported generator in {folder}; make one with --mode=export --run_dir=...")
    try:
        metadata = json.loads((folder / METADATA).read_text())
        return folder, metadata | {name: metadata[name] for name in ("dataset", "shape")}
    except (json.JSONDecodeError, KeyError) as error:
        raise _not_ours(folder, error) from error


def exported_weights(folder: str | pathlib.Path, version: int = 0) -> dict[str, np.ndarray]:
    """The weights of an exported generator by the keys of `training.variable_keys`.

    Raises: as `find_export`; `ValueError` for an export of a version of wirgan_tf that did not write the keys.
    """
    found, metadata = find_export(folder, version)
    if not metadata.get("weights"):
        raise ValueError(f"{found} was written by a version of wirgan_tf whose exports do not name their weights; "
                         "export its run again")
    with literal_path(found) as path:
        reader = tf.train.load_checkpoint(f"{path}/variables/variables")
        return {key: reader.get_tensor(f"used_variables/{place}/.ATTRIBUTES/VARIABLE_VALUE")
                for key, place in metadata["weights"].items()}


def exported_conditions(metadata: Mapping[str, Any]) -> dict[str, Entry]:
    """The conditions of an exported model by its metadata."""
    return {name: Entry.from_json(fields) for name, fields in metadata.get("conditions", {}).items()}


def _not_ours(folder: pathlib.Path, error: Exception) -> ValueError:
    return ValueError(f"{folder} is not an export of this version of wirgan_tf: {error!r}")


def data_conditions(metadata: Mapping[str, Any]) -> dict[str, Entry]:
    """The conditions of an export that its data has: all but the codes of its noise."""
    return {name: entry for name, entry in exported_conditions(metadata).items()
            if name not in metadata.get("noise", {})}
