"""The weights that a run starts from, `--init_from`: where they are, and what is written down about them."""

import hashlib
import json
import logging
import pathlib

import numpy as np

from wirgan_tf.config import Config
from wirgan_tf.exporting import exported_weights, find_export
from wirgan_tf.files import write_whole
from wirgan_tf.models import Model
from wirgan_tf.training.checkpoints import newest_checkpoint
from wirgan_tf.training.initial_weights import grouped, of_networks, take_weights
from wirgan_tf.training.run_directory import RunDirectory
from wirgan_tf.training.variable_files import read_arrays


def initialize(model: Model, config: Config, run: RunDirectory) -> None:
    """Gives an untrained model the weights of `config.init_from`, and writes down in its run what they were.

    Raises: `FileNotFoundError` when nothing is there; `ValueError` for weights that do not fit.
    """
    path, weights = read_weights(pathlib.Path(config.init_from))
    try:
        found = take_weights(model, weights, config.init_fresh)
    except ValueError as error:
        raise ValueError(f"init_from={config.init_from}: {error}") from error
    for what, keys in (("taken", found.taken), ("fresh", found.fresh), ("unused there", found.unused)):
        logging.info("weights of %s, %s: %s", path, what, ", ".join(grouped(keys)) or "none")
    record = {"from": str(path), "sha256_of_weights": _hash(weights), **found._asdict()}
    write_whole(run.initial_weights_file, json.dumps(record, indent=2).encode() + b"\n")


def read_weights(path: pathlib.Path) -> tuple[pathlib.Path, dict[str, np.ndarray]]:
    """The weights by key in a run (at its newest checkpoint), an export or a checkpoint's file, and where they are.

    Raises: `FileNotFoundError` when `path` is none of them; `OSError` for a damaged checkpoint; `ValueError` for an
      export of an earlier version.
    """
    if path.is_file():
        return path, of_networks(read_arrays(path))
    run = RunDirectory(path)
    if run.config_file.is_file():
        newest = newest_checkpoint(run.checkpoints)
        if newest is None:
            raise FileNotFoundError(f"the run in {path} has no checkpoint yet; train it further")
        return newest, of_networks(read_arrays(newest))
    try:
        return find_export(path)[0], exported_weights(path)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"init_from={path}: expected the folder of a run or of an export, or the file of a "
                                "checkpoint") from error


def _hash(weights: dict[str, np.ndarray]) -> str:
    digest = hashlib.sha256()
    for key, values in sorted(weights.items()):
        digest.update(key.encode() + np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()
