"""Conditions inside networks: class labels and attribute vectors."""

from collections.abc import Mapping
from typing import NamedTuple

import keras
import tensorflow as tf

from wirgan_tf.noise import Noise


class Conditioning(NamedTuple):
    """The condition and the codes that a generator is built for.

    size: classes of a label, or numbers in a vector of attributes; 0 without a condition.
    width: of the embedding e(y) that is joined to the generator's input.
    normalized: e(y) is not joined; scale and offset of batch normalisation depend on the condition instead.
    codes: further vectors of noise by name, which are joined to the noise of every time step.
    """

    size: int = 0
    width: int = 0
    normalized: bool = False
    codes: Mapping[str, Noise] = {}


class ConditionEmbedding(keras.layers.Layer):
    """e(y): int64 labels [B], or float32 attributes [B, size] -> float32 [B, units].

    A row of a table for each class; for attributes, the sum of their rows. It is called like a layer with a kernel, so
    that it can be normalised like one.

    Args:
      size: rows of the table.
      units: columns of the table.
      initializer: of the table.
    """

    def __init__(self, size: int, units: int, initializer: keras.Initializer | str, **kwargs):
        super().__init__(dtype="float32", **kwargs)
        self.table = self.add_weight(shape=(size, units), initializer=initializer, name="table")
        self.built = True

    @property
    def kernel(self) -> keras.Variable:
        """The table."""
        return self.table

    def call(self, condition, training: bool = False):
        del training
        if condition.dtype.is_integer:
            return tf.gather(self.table, condition)
        return tf.matmul(condition, self.table)


def as_vectors(condition: tf.Tensor, size: int) -> tf.Tensor:
    """A condition as vectors, float32 [B, size]: labels [B] one-hot, attributes and embeddings as they are."""
    return tf.one_hot(condition, size) if condition.dtype.is_integer else condition


def planes(condition: tf.Tensor, size: int, shape: tuple[int, ...]) -> tf.Tensor:
    """A condition as planes of an image: labels [B] one-hot, or attributes [B, size] -> [B, H, W, size].

    For points, `shape` (d,), it is the vector itself, [B, size].
    """
    vectors = as_vectors(condition, size)
    if len(shape) == 1:
        return vectors
    return tf.tile(vectors[:, tf.newaxis, tf.newaxis], [1, *shape[:2], 1])
