"""The replicas that share each batch under a distribution strategy."""

import tensorflow as tf


def count() -> int:
    """How many replicas there are; 1 without a strategy."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def mean(value: tf.Tensor) -> tf.Tensor:
    """The mean of every replica's own `value`; on one replica the value itself. Not inside a loop of the graph."""
    if count() == 1:
        return value
    return tf.distribute.get_replica_context().all_reduce("MEAN", value)


def gathered(values: tf.Tensor) -> tf.Tensor:
    """The rows of all replicas, in their order: [B, ...] -> [B * count, ...]. Not inside a loop of the graph."""
    if count() == 1:
        return values
    return tf.distribute.get_replica_context().all_gather(values, axis=0)


def next_rows(values: tf.Tensor) -> tf.Tensor:
    """For each row of this replica the row after it in the whole batch; for the last one the first."""
    return rows(tf.roll(gathered(values), -1, axis=0))


def rows(values: tf.Tensor, axis: int = 0) -> tf.Tensor:
    """This replica's equal part, along `axis`, of what was drawn for all replicas."""
    if count() == 1:
        return values
    part = tf.distribute.get_replica_context().replica_id_in_sync_group
    size = tf.shape(values)[axis] // count()
    return tf.gather(values, part * size + tf.range(size), axis=axis)
