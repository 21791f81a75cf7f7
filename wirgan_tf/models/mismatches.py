"""Images of a batch that the conditions of other rows do not describe."""

import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.networks.generator import Batch


def mismatches(batch: Batch) -> tuple[tf.Tensor, tf.Tensor]:
    """For each row of a batch, another row with a different picture, condition and, if there are classes, class.

    Args:
      batch: `image`, and further entries, [B, ...].

    Returns: the other row's index, int32 [B], the first after the row's own; and whether there is one, bool [B]. With
    several replicas an index is one among the rows of all of them, see `replicas.gathered`.
    """
    rows = tf.shape(batch["image"])[0]
    all_rows = rows * replicas.count()
    differing = tf.ones([rows, all_rows], tf.bool)
    for name, values in batch.items():
        vectors = tf.reshape(values, [rows, -1])
        if name == "image":  # their means are enough: a different picture with the same mean is passed over
            vectors = tf.reduce_mean(vectors, axis=1, keepdims=True)
        differing &= tf.reduce_any(vectors[:, tf.newaxis] != replicas.gathered(vectors)[tf.newaxis], axis=2)
    own = replicas.rows(tf.range(all_rows))
    places = (own[:, tf.newaxis] + tf.range(all_rows)) % all_rows  # from each row on
    found = tf.gather(differing, places, batch_dims=1)
    first = tf.argmax(tf.cast(found, tf.int32), axis=1)
    return tf.gather(places, first, batch_dims=1), tf.reduce_any(found, axis=1)
