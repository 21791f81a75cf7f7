"""Export: a generator as a SavedModel that TensorFlow Serving can run, along with what is known of it."""

import json
import os
import pathlib
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

import tensorflow as tf

from wirgan_tf import __version__
from wirgan_tf.config import Config
from wirgan_tf.entries import EMBEDDING
from wirgan_tf.environment import without_notes
from wirgan_tf.exporting.checking import Signature
from wirgan_tf.exporting.signatures import Signatures
from wirgan_tf.exporting.translations import TranslationSignatures
from wirgan_tf.exporting.warmup import write_warmup
from wirgan_tf.models import Model, TranslationModel
from wirgan_tf.parts import setting_fields
from wirgan_tf.training.variable_keys import keyed_weights

METADATA = pathlib.Path("assets.extra") / "wirgan.json"


def export_generator(model: Model, config: Config, base: str | pathlib.Path, *, version: int = 0,
                     measures: Sequence[dict[str, Any]] = (),
                     data_identity: Mapping[str, str] | None = None,
                     frequencies: Mapping[str, Sequence[int]] | None = None,
                     iteration: int | None = None) -> pathlib.Path:
    """Writes the generators that `model` samples from as a version below `base` and returns its folder.

    The folder appears in one rename, so that a server polling `base` never sees half a model.

    Args:
      model: trained.
      config: of its run.
      base: folder of the model's versions, which are integers.
      version: the version to write; 0: one more than the newest.
      measures: results of measuring it, for the metadata.
      data_identity: identities of the splits of the data it was trained with, see `data.Splits`, when known.
      frequencies: how many examples there are of each class in the data it was trained with, by the label's name, when
        known; without the data, labels are drawn from an export by these.
      iteration: generator updates that the weights have seen, if not those of `model`.

    Raises: `ValueError` when `version` is there already or is negative, and when the newest version is of another
      model: one with another data set, shape, conditions or signatures.
    """
    base = pathlib.Path(base)
    version = _free_version(base, version)
    signatures = TranslationSignatures(model) if isinstance(model, TranslationModel) else Signatures(model)
    table = signatures.table()
    metadata = _metadata(model, config, signatures) | {
        "signatures": list(table), "measures": list(measures), "data_identity": dict(data_identity or {}),
        "frequencies": {name: list(counts) for name, counts in (frequencies or {}).items()
                        if name in model.conditions},
        "iteration": int(model.iteration) if iteration is None else iteration}
    _check_same_model(base, metadata)
    base.mkdir(parents=True, exist_ok=True)
    partial = base / f".partial-{version}-{os.getpid()}"
    try:
        metadata["weights"] = _places(model, _write_signatures(table, partial))
        (partial / METADATA).parent.mkdir()
        (partial / METADATA).write_text(json.dumps(metadata, indent=2) + "\n")
        first_names = {name: entry.names[0] for name, entry in model.conditions.items() if entry.names}
        texts = first_names | {"text": first_names.get(EMBEDDING, ""), "source_bytes": _picture()}
        write_warmup(table, base.resolve().name, partial, texts, unknown=metadata.get("smallest_side", 1))
        partial.rename(base / str(version))
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return base / str(version)


def _picture() -> bytes:
    """A PNG file, for the warm-up of signatures that take pictures."""
    return tf.io.encode_png(tf.zeros([1, 1, 3], tf.uint8)).numpy()


def _write_signatures(table: dict[str, Signature], folder: pathlib.Path) -> list[tf.Variable]:
    """Writes the SavedModel and returns its variables. Keras' own archive would trace every function twice."""
    functions = {name: tf.function(function, input_signature=inputs, autograph=False).get_concrete_function()
                 for name, (function, inputs) in table.items()}
    module = tf.Module()
    module.used_variables = list({id(variable): variable for function in functions.values()
                                  for variable in function.variables}.values())
    with without_notes():  # on the temporary folder
        tf.saved_model.save(module, str(folder), signatures=functions)
    return list(module.used_variables)


def _places(model: Model, variables: Sequence[tf.Variable]) -> dict[str, int]:
    """The indices of the generators' weights among an export's variables, by key."""
    places = {id(variable): place for place, variable in enumerate(variables)}
    keyed = {key: id(weight.value) for key, weight in keyed_weights(model.sampled_generators).items()}
    return {key: places[variable] for key, variable in keyed.items() if variable in places}


def _metadata(model: Model, config: Config, signatures: Signatures | TranslationSignatures) -> dict[str, Any]:
    """What is known of a model: how to ask it for samples, and where it comes from."""
    shape = signatures.image_shape
    paths = _paths_of(config.data)
    return {
        "code_version": __version__, "model": config.model, "dataset": config.dataset,
        "data_settings": {name: value for name, value in config.data.settings().items() if name not in paths},
        "config": without_paths(config).to_json(),
        "shape": list(shape),
        "value_range": [-1.0, 1.0] if len(shape) == 3 else None,
        "conditions": {name: entry.to_json() for name, entry in model.conditions.items()},
        "noise": {name: {"shape": list(entry.shape), "distribution": entry.distribution}
                  for name, entry in model.noise.items()},
        "time_steps": signatures.time_steps, **signatures.metadata,
    }


def _paths_of(owner: Any) -> list[str]:
    return [name for name, field in setting_fields(owner).items() if field.metadata["path"]]


def without_paths(config: Config) -> Config:
    """`config` without the paths of the machine that it was trained on."""
    return config.replace(init_from="", init_fresh="", **dict.fromkeys(_paths_of(config.data), ""))


def _check_same_model(base: pathlib.Path, metadata: dict[str, Any]) -> None:
    """Raises `ValueError` when requests to the newest version below `base` would not fit this one."""
    newest = next(reversed(versions(base)), None)
    if newest is None or not (newest / METADATA).is_file():
        return
    there = {"conditions": {}} | json.loads((newest / METADATA).read_text())
    differing = [f"{name} ({there.get(name)} there, {metadata[name]} now)"
                 for name in ("dataset", "shape", "conditions") if there.get(name) != metadata[name]]
    differing += [f"{name} ({before} there, {now} now)"
                  for name, before, now in (("noise", _noise_shapes(there), _noise_shapes(metadata)),
                                            ("directions", there.get("directions"), metadata.get("directions")))
                  if before is not None and before != now]
    if missing := set(there.get("signatures", ())) - set(metadata["signatures"]):
        differing.append(f"signatures ({', '.join(sorted(missing))} there alone)")
    if differing:
        raise ValueError(f"{newest} is a version of another model: {', '.join(differing)}; export to another folder")


def _noise_shapes(metadata: dict[str, Any]) -> dict[str, list[int]] | None:
    """The shapes of the noise that is an input; None: not known, as for early exports."""
    noise = metadata.get("noise")
    if not isinstance(noise, dict):
        return None
    return {} if "directions" in metadata else {name: list(entry["shape"]) for name, entry in noise.items()}


def versions(base: pathlib.Path) -> list[pathlib.Path]:
    """The version folders below `base`, oldest first."""
    folders = [folder for folder in base.iterdir() if folder.name.isdigit()] if base.is_dir() else []
    return sorted(folders, key=lambda folder: int(folder.name))


def _free_version(base: pathlib.Path, asked_for: int) -> int:
    taken = [int(folder.name) for folder in versions(base)]
    following = 1 + max(taken, default=0)
    if asked_for < 0:
        raise ValueError(f"export_version={asked_for}: must be at least 1, or 0 for the next, {following}")
    if asked_for in taken:
        raise ValueError(f"export_version={asked_for}: {base / str(asked_for)} is there already; use another, or leave "
                         f"it out for the next, {following}")
    return asked_for or following
