"""Export: a generator as a SavedModel that TensorFlow Serving can run.

Signatures:
  serving_default(z: float32 [B, T, latent]) -> images: float32 [B, *shape] in [-1, 1]
  sample(num_samples: int64 [], seed: int64 []) -> images: float32 [num_samples, *shape] in [-1, 1]; image i is a
    function of seed + i alone, and num_samples is 1 to 1024.
"""

import json
import os
import pathlib
import shutil

import keras
import tensorflow as tf

from wirgan_tf import __version__
from wirgan_tf.config import Config
from wirgan_tf.noise import row_latents

MOST_SAMPLES = 1024
METADATA = pathlib.Path("assets.extra") / "wirgan.json"


def export_generator(generator: keras.Model, config: Config, base: pathlib.Path) -> pathlib.Path:
    """Writes `generator` as the next version below `base` and returns its folder.

    The folder appears in one rename, so that a server polling `base` never sees half a model.

    Args:
      generator: trained, with `generate`, `time_steps` and `latent`.
      config: of its run; noise distribution and data set go into the export's metadata.
      base: folder of the model's versions, which are 1, 2, ...
    """
    base.mkdir(parents=True, exist_ok=True)
    version = 1 + max((int(folder.name) for folder in versions(base)), default=0)
    partial = base / f".partial-{version}-{os.getpid()}"
    shape = generator.generate(tf.zeros([generator.time_steps, 1, generator.latent])).shape[1:]
    try:
        _archive(generator, config.noise).write_out(str(partial), verbose=False)
        metadata = {
            "code_version": __version__, "model": config.model, "dataset": config.dataset, "shape": list(shape),
            "time_steps": generator.time_steps, "latent": generator.latent, "noise": config.noise,
            "value_range": [-1.0, 1.0] if len(shape) == 3 else None,
        }
        (partial / METADATA).parent.mkdir()
        (partial / METADATA).write_text(json.dumps(metadata, indent=2) + "\n")
        partial.rename(base / str(version))
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return base / str(version)


def versions(base: pathlib.Path) -> list[pathlib.Path]:
    """The version folders below `base`, oldest first."""
    folders = [folder for folder in base.iterdir() if folder.name.isdigit()] if base.is_dir() else []
    return sorted(folders, key=lambda folder: int(folder.name))


def _archive(generator: keras.Model, noise: str) -> keras.export.ExportArchive:
    def serving_default(z):
        return {"images": generator.generate(tf.transpose(z, [1, 0, 2]))}

    def sample(num_samples, seed):
        in_range = (tf.debugging.assert_greater_equal(num_samples, tf.constant(1, tf.int64), _OUT_OF_RANGE),
                    tf.debugging.assert_less_equal(num_samples, tf.constant(MOST_SAMPLES, tf.int64), _OUT_OF_RANGE))
        with tf.control_dependencies(in_range):  # or the range below would fail first, and say something else
            seeds = seed + tf.range(num_samples)
        return {"images": generator.generate(row_latents(seeds, generator.time_steps, generator.latent, noise))}

    archive = keras.export.ExportArchive()
    archive.track(generator)
    archive.add_endpoint("serving_default", serving_default, input_signature=[
        tf.TensorSpec([None, generator.time_steps, generator.latent], tf.float32, "z")])
    archive.add_endpoint("sample", sample, input_signature=[
        tf.TensorSpec([], tf.int64, "num_samples"), tf.TensorSpec([], tf.int64, "seed")])
    return archive


_OUT_OF_RANGE = f"num_samples must be 1 to {MOST_SAMPLES}"
