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
from wirgan_tf.models.asking import check_direction
from wirgan_tf.models.sampling import Conditions, check_conditions, checked_seeds, default_conditions, in_calls
from wirgan_tf.noise import Noise


class ExportedGenerator:
    """A SavedModel written by `export_generator`, with the methods of a `Sampler`.

    Args:
      folder: of one version, or of all, of which the newest is taken.
      default_conditions: as for a `Sampler`; by default a model that depends on labels alone gets labels as frequent as
        in its training data, when that is known.

    Raises: `FileNotFoundError` when there is no export in `folder`, `ValueError` when it is not one of ours.
    """

    _needed = ("sample_rows", "refine_rows")

    def __init__(self, folder: str | pathlib.Path,
                 default_conditions: Callable[[np.ndarray], Conditions] | None = None):
        self.folder, self.metadata = find_export(folder)
        self.dataset, self.shape = self.metadata["dataset"], tuple(self.metadata["shape"])
        self.condition_specs = exported_conditions(self.metadata)
        frequencies = self.metadata.get("frequencies", {})
        if default_conditions is None and set(self.condition_specs) == {"label"} == set(frequencies):
            default_conditions = labels_as_frequent(frequencies["label"])
        self._default_conditions = default_conditions
        with literal_path(self.folder) as path:
            self._loaded = tf.saved_model.load(path)  # held here: its functions hold their variables weakly
        self._signatures = self._loaded.signatures
        if missing := [name for name in self._needed if name not in self._signatures]:
            raise _not_ours(self.folder, LookupError(f"it has no signature {missing[0]}"))

    def images(self, seeds: np.ndarray, conditions: Conditions | None = None) -> np.ndarray:
        """Images float32 [N, *shape] in [-1, 1] for int64 seeds [N] and conditions [N, ...]."""
        return self._call("sample_rows", "images", seeds, conditions)

    def canvases(self, seeds: np.ndarray, conditions: Conditions | None = None) -> np.ndarray:
        """The images as they stand after each time step, float32 [T, N, *shape]."""
        return self._call("refine_rows", "canvases", seeds, conditions).swapaxes(0, 1)

    def conditions(self, seeds: np.ndarray) -> Conditions:
        """Conditions for samples that were given none: by default those of examples, and codes drawn as in training."""
        if not self.condition_specs:
            return {}
        noise = {name: Noise(tuple(fields["shape"]), fields["distribution"], askable=name in self.condition_specs)
                 for name, fields in self.metadata.get("noise", {}).items()}
        codes = {name: entry for name, entry in self.condition_specs.items() if name in noise}
        others = {name: entry for name, entry in self.condition_specs.items() if name not in noise}
        return default_conditions(self._default_conditions, others, codes, noise, seeds)

    def _call(self, name: str, output: str, seeds: np.ndarray, conditions: Conditions | None) -> np.ndarray:
        signature = self._signatures[name]
        return in_calls(lambda part, rows: signature(seed=part, truncation=tf.ones([len(part)]), **rows)[output],
                        seeds, self._checked(seeds, conditions))

    def _checked(self, seeds: np.ndarray, conditions: Conditions | None) -> Conditions:
        seeds = checked_seeds(seeds)
        given = self.conditions(seeds) if conditions is None else conditions
        return check_conditions(given, self.condition_specs, len(seeds))


class ExportedTranslator(ExportedGenerator):
    """The same for a model that translates images: the condition `source` is translated, seeds have no effect.

    directions: those that it can be asked for; empty when there is only one.
    size_multiple: what height and width of a translated image are multiples of.
    smallest_side: the smallest height and width.
    """

    _needed = ("translate_rows",)

    def __init__(self, folder: str | pathlib.Path,
                 default_conditions: Callable[[np.ndarray], Conditions] | None = None):
        super().__init__(folder, default_conditions)
        self.directions = tuple(self.metadata["directions"])
        self.size_multiple, self.smallest_side = self.metadata["size_multiple"], self.metadata["smallest_side"]

    def images(self, seeds: np.ndarray, conditions: Conditions | None = None) -> np.ndarray:
        given = self._checked(seeds, conditions)
        height, width = given["source"].shape[1:3]
        rows = max(1, min(self.metadata["most_samples"], self.metadata["most_pixels"] // (height * width)))
        return in_calls(lambda _, part: self._signatures["translate_rows"](**part)["images"], seeds, given, rows)

    def canvases(self, seeds: np.ndarray, conditions: Conditions | None = None) -> np.ndarray:
        return self.images(seeds, conditions)[np.newaxis]

    def translate(self, source: tf.Tensor, attributes: tf.Tensor | None = None, direction: str = "") -> tf.Tensor:
        """As `models.translation.TranslationModel.translate`."""
        check_direction(direction, self.directions)
        name = "translate_back_rows" if direction in self.directions[1:] else "translate_rows"
        others = {} if attributes is None else {"attributes": attributes}
        return self._signatures[name](source=source, **others)["images"]


def open_export(folder: str | pathlib.Path,
                default_conditions: Callable[[np.ndarray], Conditions] | None = None) -> ExportedGenerator:
    """The export in `folder`, as an `ExportedGenerator` or an `ExportedTranslator`."""
    translates = "translate_rows" in find_export(folder)[1].get("signatures", ())
    return (ExportedTranslator if translates else ExportedGenerator)(folder, default_conditions)


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

    Raises: as `find_export`; `ValueError` for an export by a version of wirgan_tf that did not write the keys.
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
    """The conditions of an exported model, from its metadata."""
    return {name: Entry.from_json(fields) for name, fields in metadata.get("conditions", {}).items()}


def _not_ours(folder: pathlib.Path, error: Exception) -> ValueError:
    return ValueError(f"{folder} is not an export of this version of wirgan_tf: {error!r}")


def data_conditions(metadata: Mapping[str, Any]) -> dict[str, Entry]:
    """The conditions of an export that its data has: all but the codes of its noise."""
    return {name: entry for name, entry in exported_conditions(metadata).items()
            if name not in metadata.get("noise", {})}
