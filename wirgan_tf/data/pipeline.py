"""Batches from a source, in an order that is a stateless function of (seed, step)."""

import numpy as np
import tensorflow as tf

from wirgan_tf.data.arrays import check_scaled
from wirgan_tf.data.choices import seeds_at
from wirgan_tf.data.source import Example, Source

_LOOKED_AT = 8  # examples, before any batch is made
_CIPHER_ROUNDS = 8  # of the format-preserving cipher behind RandomIndexShuffle: enough for an even shuffle
_MULTIPLIERS = np.array([0xBF58476D1CE4E5B9, 0x94D049BB133111EB], np.uint64).astype(np.int64)


def shuffled_indices(positions: tf.Tensor, size: int, seed: int) -> tf.Tensor:
    """Which example is at each position of an endless stream of shuffled epochs.

    Args:
      positions: int64 [N], places in the stream; epoch e is the places e * size .. (e + 1) * size - 1.
      size: number of examples; each epoch holds every one once.
      seed: the order's seed; every epoch has an order of its own.

    Returns: int64 [N], indices in 0 .. size - 1.
    """
    epochs, places = positions // size, positions % size
    return tf.raw_ops.RandomIndexShuffle(
        index=places, seed=_cipher_keys(seed, epochs),
        max_index=tf.fill(tf.shape(places), tf.constant(size - 1, tf.int64)), rounds=_CIPHER_ROUNDS,
    )


def _cipher_keys(seed: int, epochs: tf.Tensor) -> tf.Tensor:
    """Three keys for each epoch, int64 [N, 3].

    For a data set of up to 65,536 examples the cipher uses only the low 8 bits of a key, so plain (seed, epoch) would
    repeat after 256; they are hashed (as in SplitMix64) and spread over the three keys.
    """
    offset = np.uint64(seed * 0x9E3779B97F4A7C15 % 2**64).astype(np.int64)
    mixed = epochs * _MULTIPLIERS[0] + offset
    for multiplier in _MULTIPLIERS:
        mixed = tf.bitwise.bitwise_xor(mixed, tf.bitwise.right_shift(mixed, tf.constant(31, tf.int64))) * multiplier
    words = [tf.bitwise.right_shift(mixed, tf.constant(shift, tf.int64)) for shift in (0, 21, 42)]
    return tf.bitwise.bitwise_and(tf.stack(words, axis=1), tf.constant(2**21 - 1, tf.int64))


def training_batches(source: Source, *, batch_size: int, batches: int, seed: int, first_step: int = 0,
                     shard: int = 0, num_shards: int = 1) -> tf.data.Dataset:
    """An endless data set with one element for each generator update, from update `first_step` on.

    Args:
      source: the examples.
      batch_size: B, images in a batch over all shards; must be divisible by `num_shards`.
      batches: n, batches in an element.
      seed: of the order and of random choices.
      first_step: generator update of the first element.
      shard: which of the `num_shards` equal parts of each batch this data set yields.

    Returns: a data set of {"image": float32 [n, B / num_shards, *shape], ...}, the entries of `source.spec`.

    Raises: `ValueError` when the first few images are not float32 in [-1, 1], with what was found.
    """
    if batch_size % num_shards:
        raise ValueError(f"batch_size={batch_size} must divide evenly among {num_shards} replicas")
    if source.size < 1:
        raise ValueError(f"the data set {source.name!r} is empty")
    some = source.examples(tf.range(min(source.size, _LOOKED_AT), dtype=tf.int64))
    check_scaled(np.asarray(some["image"]), source.name)
    rows = batch_size // num_shards

    def element(step: tf.Tensor) -> Example:
        first_of_batch = (step * batches + tf.range(batches, dtype=tf.int64)) * batch_size
        positions = first_of_batch[:, None] + shard * rows + tf.range(rows, dtype=tf.int64)
        positions = tf.reshape(positions, [-1])
        examples = source.examples(shuffled_indices(positions, source.size, seed), seeds_at(positions, seed))
        return {name: tf.reshape(value, [batches, rows, *value.shape[1:]]) for name, value in examples.items()}

    steps = tf.data.Dataset.range(first_step, tf.int64.max)
    return steps.map(element, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True).prefetch(2)


def batches_in_order(source: Source, batch_size: int, limit: int | None = None) -> tf.data.Dataset:
    """The first `limit` examples (all by default), once, in order, in batches of up to `batch_size`."""
    count = source.size if limit is None else min(limit, source.size)
    starts = tf.data.Dataset.range(0, count, batch_size)
    return starts.map(
        lambda start: source.examples(tf.range(start, tf.minimum(start + batch_size, count))),
        num_parallel_calls=tf.data.AUTOTUNE, deterministic=True,
    ).prefetch(2)
