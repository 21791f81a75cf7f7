import numpy as np
import tensorflow as tf

from wirgan_tf.models.scoring import Scorer


def test_as_many_scores_as_images_in_calls_of_one_shape():
    shapes = []

    def critic(images, training):
        assert not training
        shapes.append(images.shape)
        return tf.reduce_sum(images, axis=[1, 2, 3])

    images = np.arange(70, dtype=np.float32)[:, None, None, None] * np.ones([1, 2, 2, 1], np.float32)
    np.testing.assert_allclose(Scorer(critic)(images), 4.0 * np.arange(70))
    assert shapes == [(64, 2, 2, 1)]
