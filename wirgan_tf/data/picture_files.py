"""Pictures that can be read at any size: held in memory if small in total, else read as they are needed."""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from wirgan_tf.data.identity import Origin, identity_of
from wirgan_tf.data.images import DECODING_ERRORS, StreamedSource
from wirgan_tf.data.intact import in_parallel
from wirgan_tf.data.source import ArraySource, Source

LARGEST_IN_MEMORY = 2**30  # bytes


def fit_in_memory(count: int, size: int, channels: int, dtype: tf.DType = tf.uint8) -> bool:
    """Whether `count` pictures [size, size, channels] take at most 1 GiB together."""
    return count * size * size * channels * dtype.size <= LARGEST_IN_MEMORY


@dataclasses.dataclass(frozen=True)
class Pictures:
    """Pictures by their number.

    name: of the data set.
    read: (number, size) -> the picture, `dtype` [size, size, channels]; called from many threads at once.
    origin: what they are made from, at any size, and their keys.
    channels: of a picture.
    dtype: uint8, or uint16.
    """

    name: str
    read: Callable[[int, int], np.ndarray]
    origin: Origin
    channels: int = 3
    dtype: tf.DType = tf.uint8

    def source(self, size: int) -> Source:
        """The pictures at `size`, in memory if they take at most 1 GiB. Raises `ValueError` for a broken one."""
        count = len(self.origin.keys)
        if not fit_in_memory(count, size, self.channels, self.dtype):
            return self.streamed(size)
        pixels = np.empty((count, size, size, self.channels), self.dtype.as_numpy_dtype)
        for place, picture in enumerate(in_parallel(lambda index: self._read(index, size), range(count), "decoding")):
            pixels[place] = picture
        return ArraySource(self.name, pixels, origin=self._origin(size))

    def streamed(self, size: int) -> StreamedSource:
        """The pictures at `size`, each read when it is asked for."""
        return StreamedSource(self.name, len(self.origin.keys), size, lambda index: self.read(index, size),
                              origin=self._origin(size), channels=self.channels, dtype=self.dtype)

    def _origin(self, size: int) -> Origin:
        return self.origin._replace(identity=identity_of(size, self.origin.identity))

    def _read(self, index: int, size: int) -> np.ndarray:
        try:
            return self.read(index, size)
        except DECODING_ERRORS as error:
            key = self.origin.keys[index].decode(errors="replace")
            raise ValueError(f"{key} of {self.name} cannot be decoded: {error}") from error
