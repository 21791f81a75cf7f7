"""Writes the golden numbers: what every model computes at a small size, to see that a change of structure moves none.

For each preset: the norm of each variable's gradient in the first critic update and in the first generator update
(of a likelihood, in its one update), the losses, and the sums of the samples of eight seeds. Learning rates are so
small that the first update leaves the weights where they were.

    python scripts/golden_numbers.py tests/models/golden_numbers.json
"""

import os

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # before TensorFlow starts: its sums are in another order
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import json
import pathlib
import sys
from typing import Any
from unittest import mock

import keras
import numpy as np
import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.entries import Entry
from wirgan_tf.models import build_model
from wirgan_tf.models.sampling import Sampler, row_seeds
from wirgan_tf.presets import PRESETS

SHAPES = {"convolutional": (8, 8, 1), "mlp": (2,), "dcgan": (28, 28, 1), "ebgan": (28, 28, 1), "began": (32, 32, 3),
          "began_skip": (32, 32, 3), "resnet": (28, 28, 1), "draw": (8, 8, 1), "unet": (16, 16, 1),
          "resnet_translator": (16, 16, 1), "stargan": (16, 16, 3), "stackgan": (32, 32, 3),
          "infogan": (8, 8, 1), "gran": (8, 8, 1)}
SMALL = {"width": 4, "latent": 3, "batch_size": 4, "iterations": 8}
_STILL = 1e-12  # a learning rate
_WORDS = 5  # numbers in an embedding
_ZERO = 1e-5  # relative to the largest norm: below it a gradient is 0 but for rounding, as a bias' before normalisation


def small(name: str) -> Config:
    """The preset `name`, small, and standing still."""
    preset = Config(model=name)
    settings = {name: value for name, value in SMALL.items() if name in preset.settings()}
    settings["generator_learning_rate"] = _STILL
    if preset.objective is not None:
        settings |= {"critic_updates": 1, "critic_learning_rate": _STILL}
    if preset.network.time_steps > 3:
        settings["time_steps"] = 3
    return preset.replace(**settings)


def numbers(name: str) -> dict[str, Any]:
    """The golden numbers of the preset `name`."""
    config = small(name)
    shape = SHAPES[config.network.name]
    embeddings = np.eye(3, _WORDS, dtype=np.float32)
    model = build_model(config, {"image": Entry(shape), "label": Entry((), tf.int64, ("a", "b", "c")),
                                 "source": Entry(shape), "embedding": Entry((_WORDS,)),
                                 "attributes": Entry((3,), names=("a", "b", "c"), groups=(("a", "b"),))})
    updates = []

    def record(optimizer, gradients, variables):
        updates.append([float(tf.norm(gradient)) for gradient in gradients])
        apply(optimizer, gradients, variables)

    apply = keras.optimizers.Optimizer.apply
    with mock.patch.object(keras.optimizers.Optimizer, "apply", record):
        images, sources = (np.random.RandomState(number).uniform(-1, 1, [1, SMALL["batch_size"], *shape])
                           .astype(np.float32) for number in range(2))
        labels = np.arange(SMALL["batch_size"])[np.newaxis] % 3
        logs = model.train_step({"image": tf.constant(images), "label": tf.constant(labels, tf.int64),
                                 "source": tf.constant(sources), "embedding": tf.constant(embeddings[labels]),
                                 "attributes": tf.one_hot(labels, 3)})
    conditions = {"label": lambda seeds: seeds % 3, "source": lambda seeds: sources[0, seeds % SMALL["batch_size"]],
                  "embedding": lambda seeds: embeddings[seeds % 3], "attributes": lambda seeds: np.eye(3)[seeds % 3]}
    samples = Sampler(model, lambda seeds: {key: conditions[key](seeds) for key in model.data_conditions}).images(
        row_seeds(0, 8))
    losses = {key.replace("/", "_"): float(value) for key, value in sorted(logs.items()) if key.endswith("loss")}
    return {"gradients": updates, "losses": losses,
            "samples": [float(image.sum(dtype=np.float64)) for image in samples],
            "absolute_samples": [float(np.abs(image).sum(dtype=np.float64)) for image in samples]}


def without_zeros(update: list[float]) -> list[float | None]:
    """Norms, with None for those that are not told from 0."""
    return [norm if norm > _ZERO * max(update) else None for norm in update]


def main(path: str) -> None:
    """Adds the numbers of presets that the file `path` does not have; those that it has stay."""
    file = pathlib.Path(path)
    found = json.loads(file.read_text()) if file.is_file() else {}
    for name in PRESETS:
        if name not in found:
            found[name] = numbers(name)
            found[name]["gradients"] = [without_zeros(update) for update in found[name]["gradients"]]
    file.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
