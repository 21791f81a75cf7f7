"""Images of a batch that the conditions of others do not describe."""

import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.networks.generator import Batch


def mismatches(batch: Batch) -> tuple[tf.Tensor, tf.Tensor]:
    """For each row of a batch another one with another picture, another condition and, if there are any, class.

    Args:
      batch: `image`, and further entries, [B, ...].

    Returns: its place, int32 [B], the first after the row's own; and whether there is one, bool [B]. Under several
    replicas places are those in the rows of all of them, see `replicas.gathered`.
    """
    rows = tf.shape(batch["image"])[0]
    all_rows = rows * replicas.count()
    differing = tf.ones([rows, all_rows], tf.bool)
    for name, values in batch.items():
        vectors = tf.reshape(values, [rows, -1])
        if name == "image":  # their means are enough: another picture with the same one is passed over
            vectors = tf.reduce_mean(vectors, axis=1, keepdims=True)
        differing &= tf.reduce_any(vectors[:, tf.newaxis] != replicas.gathered(vectors)[tf.newaxis], axis=2)
    own = replicas.rows(tf.range(all_rows))
    places = (own[:, tf.newaxis] + tf.range(all_rows)) % all_rows  # from each row on
    found = tf.gather(differing, places, batch_dims=1)
    first = tf.argmax(tf.cast(found, tf.int32), axis=1)
    return tf.gather(places, first, batch_dims=1), tf.reduce_any(found, axis=1)
