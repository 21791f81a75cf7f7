"""Export: a generator as a SavedModel that TensorFlow Serving can run, with what is known of it beside."""

import json
import os
import pathlib
import shutil
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from wirgan_tf import __version__
from wirgan_tf.config import Config
from wirgan_tf.exporting.signatures import MOST_SAMPLES, Signatures
from wirgan_tf.exporting.warmup import write_warmup

METADATA = pathlib.Path("assets.extra") / "wirgan.json"


def export_generator(generator: keras.Model, config: Config, base: pathlib.Path, *, version: int = 0,
                     iteration: int | None = None, measures: Sequence[dict[str, Any]] = ()) -> pathlib.Path:
    """Writes `generator` as a version below `base` and returns its folder.

    The folder appears in one rename, so that a server polling `base` never sees half a model.

    Args:
      generator: trained, with `generate`, `refine`, `time_steps` and `latent`.
      config: of its run.
      base: folder of the model's versions, which are integers.
      version: the version to write; 0: one more than the newest.
      iteration: generator updates that it was trained for, when known.
      measures: results of measuring it, for the metadata.

    Raises: `ValueError` when `version` is there already, or is negative.
    """
    version = _free_version(base, version)
    base.mkdir(parents=True, exist_ok=True)
    partial = base / f".partial-{version}-{os.getpid()}"
    shape = generator.generate(tf.zeros([generator.time_steps, 1, generator.latent])).shape[1:]
    signatures = Signatures(generator, config.noise).table(of_images=len(shape) == 3)
    metadata = {
        "code_version": __version__, "model": config.model, "dataset": config.dataset, "iteration": iteration,
        "shape": list(shape), "value_range": [-1.0, 1.0] if len(shape) == 3 else None,
        "time_steps": generator.time_steps, "latent": generator.latent, "noise": config.noise,
        "most_samples": MOST_SAMPLES, "signatures": list(signatures), "measures": list(measures),
    }
    archive = keras.export.ExportArchive()
    archive.track(generator)
    for name, (function, inputs) in signatures.items():
        archive.add_endpoint(name, function, input_signature=inputs)
    try:
        archive.write_out(str(partial), verbose=False)
        (partial / METADATA).parent.mkdir()
        (partial / METADATA).write_text(json.dumps(metadata, indent=2) + "\n")
        write_warmup(signatures, base.resolve().name, partial)
        partial.rename(base / str(version))
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return base / str(version)


def versions(base: pathlib.Path) -> list[pathlib.Path]:
    """The version folders below `base`, oldest first."""
    folders = [folder for folder in base.iterdir() if folder.name.isdigit()] if base.is_dir() else []
    return sorted(folders, key=lambda folder: int(folder.name))


def _free_version(base: pathlib.Path, asked_for: int) -> int:
    taken = [int(folder.name) for folder in versions(base)]
    following = 1 + max(taken, default=0)
    if asked_for < 0:
        raise ValueError(f"--version={asked_for}: must be at least 1, or 0 for the next, {following}")
    if asked_for in taken:
        raise ValueError(f"--version={asked_for}: {base / str(asked_for)} is there already; use another, or leave "
                         f"--version out for the next, {following}")
    return asked_for or following
