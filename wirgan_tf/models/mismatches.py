"""Images of a batch that the conditions of others do not describe."""

import tensorflow as tf

from wirgan_tf.networks.generator import Batch


def mismatches(batch: Batch) -> tuple[tf.Tensor, tf.Tensor]:
    """For each row of a batch another one with another picture, another condition and, if there are any, class.

    Args:
      batch: `image`, and further entries, [B, ...].

    Returns: its place, int32 [B], the first after the row's own; and whether there is one, bool [B]. Under several
    replicas each looks among its own rows.
    """
    rows = tf.shape(batch["image"])[0]
    differing = tf.ones([rows, rows], tf.bool)
    for name, values in batch.items():
        vectors = tf.reshape(values, [rows, -1])
        if name == "image":  # their means are enough: other pictures hardly have the same to the bit
            vectors = tf.reduce_mean(vectors, axis=1, keepdims=True)
        differing &= tf.reduce_any(vectors[:, tf.newaxis] != vectors[tf.newaxis], axis=2)
    places = (tf.range(rows)[:, tf.newaxis] + tf.range(rows)) % rows  # from each row on
    found = tf.gather(differing, places, batch_dims=1)
    first = tf.argmax(tf.cast(found, tf.int32), axis=1)
    return tf.gather(places, first, batch_dims=1), tf.reduce_any(found, axis=1)
