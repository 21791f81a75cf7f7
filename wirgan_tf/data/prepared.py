"""Data sets prepared by TensorFlow Datasets: found on disk, never downloaded, and read by the record's index."""

import mmap
import pathlib
import re
import struct
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from wirgan_tf.data.source import ArraySource, Example
from wirgan_tf.files import expanded

_RECORDS_AT_ONCE = 1000
_LENGTH = struct.Struct("<Q")
_BEFORE_DATA, _AFTER_DATA = 12, 4  # a TFRecord is its data's length and that length's checksum, data, data's checksum


def find_builder(name: str, data_dir: str) -> tfds.core.DatasetBuilder:
    """The newest prepared version of the data set `name`.

    Args:
      name: the data set's name in TensorFlow Datasets.
      data_dir: the folder above `name`; empty: TensorFlow Datasets' own default, or $TFDS_DATA_DIR.

    Raises: `FileNotFoundError` with the command that prepares the data set when it is not there.
    """
    folder = expanded(data_dir or tfds.core.constants.DATA_DIR)
    versions = [path.parent for path in folder.glob(f"{name}/*/dataset_info.json")
                if re.fullmatch(r"\d+\.\d+\.\d+", path.parent.name)]
    if not versions:
        raise FileNotFoundError(f"{name} is not prepared in {folder} (looked for {folder / name}/<version>/"
                                f"dataset_info.json); prepare it with: tfds build {name} --data_dir={folder}")
    newest = max(versions, key=lambda path: tuple(int(part) for part in path.name.split(".")))
    return tfds.builder_from_directory(newest)


def open_records(builder: tfds.core.DatasetBuilder, split: str) -> Sequence[bytes]:
    """The serialized `tf.train.Example`s of a split, by index; reading is safe from many threads.

    Raises: `ValueError` when the files are incomplete, or neither TFRecord nor ArrayRecord.
    """
    file_format, info = builder.info.file_format, builder.info.splits[split]
    if file_format == tfds.core.FileFormat.ARRAY_RECORD:
        records = builder.as_data_source(split, deserialize_method=tfds.decode.DeserializeMethod.RAW_BYTES)
    elif file_format == tfds.core.FileFormat.TFRECORD:
        records = TFRecords(info.filepaths)
    else:
        raise ValueError(f"{builder.data_path} is prepared as {file_format.value}; prepare it with "
                         "--file_format=tfrecord or --file_format=array_record")
    if len(records) != info.num_examples:
        raise ValueError(f"split {split} in {builder.data_path} has {len(records)} records and should have "
                         f"{info.num_examples}; delete the folder and prepare it again")
    return records


class TFRecords(Sequence[bytes]):
    """The records of TFRecord files in their order, looked up by index.

    The format holds no index, so one is made when the files are opened, from each record's length.

    Raises: `ValueError` for a file that ends within a record.
    """

    def __init__(self, paths: Sequence[pathlib.Path]):
        self._files: list[mmap.mmap] = []
        places = []
        for path in paths:
            with open(path, "rb") as file:
                self._files.append(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            places += [(len(self._files) - 1, *extent) for extent in _extents(self._files[-1], path)]
        self._places = np.array(places, np.int64).reshape(-1, 3)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: int) -> bytes:
        file, start, end = self._places[index]
        return self._files[file][start:end]


def _extents(file: mmap.mmap, path: pathlib.Path) -> list[tuple[int, int]]:
    """Where each record's data starts and ends."""
    extents, position, size = [], 0, len(file)
    while position + _BEFORE_DATA <= size:
        start = position + _BEFORE_DATA
        end = start + _LENGTH.unpack_from(file, position)[0]
        extents.append((start, end))
        position = end + _AFTER_DATA
    if position != size:
        raise ValueError(f"{path} ends within a record; delete its folder and prepare the data set again")
    return extents


def load_into_memory(name: str, data_dir: str, split: str) -> ArraySource:
    """A labelled data set of small images, decoded and held in memory.

    Args:
      name: the data set's name, here and in TensorFlow Datasets.
      data_dir: where TensorFlow Datasets prepared it; see `find_builder`.
      split: "train" or "test".

    Raises: `FileNotFoundError` when it is not prepared.
    """
    builder = find_builder(name, data_dir)
    records, features = open_records(builder, split), builder.info.features
    shape = features["image"].shape

    def read(first: np.ndarray) -> np.ndarray:
        return np.array([records[index] for index in range(first, min(first + _RECORDS_AT_ONCE, len(records)))], object)

    def decode(first: tf.Tensor) -> Example:
        example = tf.io.parse_example(tf.numpy_function(read, [first], tf.string, stateful=False), {
            "image": tf.io.FixedLenFeature([], tf.string), "label": tf.io.FixedLenFeature([], tf.int64)})
        pixels = tf.map_fn(lambda encoded: tf.ensure_shape(tf.io.decode_image(encoded, expand_animations=False), shape),
                           example["image"], fn_output_signature=tf.TensorSpec(shape, tf.uint8))
        return {"image": pixels, "label": example["label"]}

    chunks = tf.data.Dataset.range(0, len(records), _RECORDS_AT_ONCE).map(decode, num_parallel_calls=tf.data.AUTOTUNE)
    examples = list(chunks.as_numpy_iterator())
    images, labels = (np.concatenate([chunk[key] for chunk in examples]) for key in ("image", "label"))
    return ArraySource(name, images, labels, class_names=tuple(features["label"].names))
