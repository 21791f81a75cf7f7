"""Tiny data sets in TensorFlow Datasets' own layout on disk, written by its own writer."""

import pathlib

import numpy as np
import tensorflow_datasets as tfds


def write(data_dir: pathlib.Path, name: str, features: tfds.features.FeaturesDict, splits: dict[str, list[dict]], *,
          version: str = "1.0.0", examples_per_shard: int = 4, file_format: str = "tfrecord") -> pathlib.Path:
    """Returns the folder of the prepared version."""
    folder = data_dir / name / version
    folder.mkdir(parents=True)
    name, _, config = name.partition("/")
    identity = tfds.core.DatasetIdentity(name=name, config_name=config or None, version=tfds.core.Version(version),
                                         data_dir=str(folder), module_name="tests")
    info = tfds.core.DatasetInfo(builder=identity, features=features)
    writer = tfds.core.SequentialWriter(info, examples_per_shard, file_format=file_format)
    writer.initialize_splits(list(splits))
    writer.add_examples(splits)
    writer.close_all()
    return folder


def labelled(shape: tuple[int, int, int]) -> tfds.features.FeaturesDict:
    return tfds.features.FeaturesDict({
        "image": tfds.features.Image(shape=shape, encoding_format="png"),
        "label": tfds.features.ClassLabel(num_classes=10)})


def labelled_examples(count: int, shape: tuple[int, int, int], seed: int = 0) -> list[dict]:
    pixels = np.random.default_rng(seed).integers(0, 256, (count, *shape), np.uint8)
    return [{"image": image, "label": index % 10} for index, image in enumerate(pixels)]
