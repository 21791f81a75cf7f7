"""How the samples of a shard are written: as one TFRecord file or as a folder of PNG files."""

import contextlib
import pathlib
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from wirgan_tf import pictures
from wirgan_tf.registry import Registry

Write = Callable[[np.ndarray, np.ndarray, Mapping[str, np.ndarray]], None]
"""Images [B, H, W, C] in [-1, 1] or points [B, 2], their seeds [B], and their conditions by name, [B, ...]."""


class Format(NamedTuple):
    """suffix: of a shard's name; writer: a context that writes to a path; of_points: whether it can hold points."""

    suffix: str
    writer: Callable[[pathlib.Path], contextlib.AbstractContextManager[Write]]
    of_points: bool


@contextlib.contextmanager
def _tfrecord(path: pathlib.Path) -> Iterator[Write]:
    with tf.io.TFRecordWriter(str(path)) as records:
        def write(samples: np.ndarray, seeds: np.ndarray, conditions: Mapping[str, np.ndarray]) -> None:
            for row, (sample, seed) in enumerate(zip(_features(samples), seeds, strict=True)):
                features = {"seed": _feature(seed), **sample,
                            **{name: _feature(values[row]) for name, values in conditions.items()}}
                example = tf.train.Example(features=tf.train.Features(feature=features))
                records.write(example.SerializeToString(deterministic=True))

        yield write


@contextlib.contextmanager
def _png(path: pathlib.Path) -> Iterator[Write]:
    path.mkdir()

    def write(images: np.ndarray, seeds: np.ndarray, conditions: Mapping[str, np.ndarray]) -> None:
        del conditions  # a picture has no place for them; a manifest says how they were chosen
        for image, seed in zip(_png_files(images), seeds, strict=True):
            (path / f"{seed}.png").write_bytes(image)

    yield write


def _feature(values: np.ndarray) -> tf.train.Feature:
    """Numbers of any shape, flattened."""
    kind = "int64_list" if np.issubdtype(values.dtype, np.integer) else "float_list"
    return tf.train.Feature(**{kind: {"value": np.ravel(values)}})


def _features(samples: np.ndarray) -> Iterator[dict[str, tf.train.Feature]]:
    if samples.ndim == 2:
        return ({"point": _feature(point)} for point in samples)
    return ({"image": tf.train.Feature(bytes_list={"value": [image]})} for image in _png_files(samples))


def _png_files(images: np.ndarray) -> np.ndarray:
    return tf.io.encode_png(pictures.to_pixels(images)).numpy()


FORMATS: Registry[Format] = Registry("format", {
    "tfrecord": Format(".tfrecord", _tfrecord, of_points=True),
    "png": Format("", _png, of_points=False),
})
