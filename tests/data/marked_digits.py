"""The digits with more than a label beside each image, for models of conditions."""

import tensorflow as tf

from wirgan_tf.data.digits import Digits
from wirgan_tf.data.source import ArraySource


class MarkedSource(ArraySource):
    """With two attributes of each image: whether its upper half is the brighter one, and whether its left half is."""

    @property
    def spec(self):
        return super().spec | {"attributes": tf.TensorSpec([2], tf.float32)}

    def examples(self, indices):
        examples = super().examples(indices)
        rows, columns = (tf.reduce_mean(examples["image"], axis=[axis, 3]) for axis in (2, 1))
        brighter = [tf.reduce_sum(line[:, :4], axis=1) > tf.reduce_sum(line[:, 4:], axis=1) for line in (rows, columns)]
        return examples | {"attributes": tf.cast(tf.stack(brighter, axis=1), tf.float32)}


class MarkedDigits(Digits):
    """A data set to be registered by a test."""

    def load(self, split):
        digits = super().load(split)
        return MarkedSource(digits.name, digits.images, digits.labels, digits.num_classes)
