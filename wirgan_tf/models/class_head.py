"""A head of the critic that reads the class or the attributes of an image, and its loss for attributes."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from wirgan_tf.networks.critic import Critic
from wirgan_tf.networks.initialization import WeightInitializers

HEAD = "class_head"


def class_head(critic: Critic, shape: tuple[int, ...], size: int, initializers: WeightInitializers) -> keras.Model:
    """C: features of `critic` [B, k], of images of `shape` -> logits float32 [B, size]."""
    units = critic.scores_and_features(tf.zeros([1, *shape]))[1].shape[-1]
    layer = keras.layers.Dense(size, kernel_initializer=initializers.glorot(), dtype="float32", name="to_class")
    return keras.Sequential([keras.Input((units,)), layer], name=HEAD)


def attribute_loss(logits: tf.Tensor, attributes: tf.Tensor, groups: Sequence[Sequence[int]]) -> tf.Tensor:
    """CE: the cross-entropy of a softmax for each group and of a sigmoid for each other attribute, summed over them.

    Args:
      logits, attributes: [B, A].
      groups: for each group, the indices of the attributes of which an image has one.

    Returns: the mean over the batch, a scalar. Where an image has none of a group, the group adds nothing.
    """
    grouped = {place for group in groups for place in group}
    alone = [place for place in range(logits.shape[-1]) if place not in grouped]
    each = [_softmax_loss(tf.gather(logits, group, axis=1), tf.gather(attributes, group, axis=1)) for group in groups]
    if alone:
        binary = tf.nn.sigmoid_cross_entropy_with_logits(tf.gather(attributes, alone, axis=1),
                                                         tf.gather(logits, alone, axis=1))
        each.append(tf.reduce_sum(binary, axis=1))
    return tf.reduce_mean(tf.add_n(each))


def _softmax_loss(logits: tf.Tensor, attributes: tf.Tensor) -> tf.Tensor:
    """-sum_k y_k log softmax(logits)_k, [B, K], [B, K] -> [B].

    TensorFlow's own loss has the gradient softmax - y, whatever y sums to: it moves the logits where y is 0.
    """
    return -tf.reduce_sum(attributes * tf.nn.log_softmax(logits, axis=1), axis=1)
