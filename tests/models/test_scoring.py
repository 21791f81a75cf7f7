import types

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.models.scoring import Scorer
from wirgan_tf.networks.passes import INFERENCE


def judging(critic):
    """What `Scorer` needs of a model without conditions."""
    return types.SimpleNamespace(critic=types.SimpleNamespace(given=lambda conditions: critic), judged_conditions={})


def test_as_many_scores_as_images_in_calls_of_one_shape():
    shapes = []

    def critic(images, run=INFERENCE):
        assert not run.training
        shapes.append(images.shape)
        return tf.reduce_sum(images, axis=[1, 2, 3])

    images = np.arange(70, dtype=np.float32)[:, None, None, None] * np.ones([1, 2, 2, 1], np.float32)
    np.testing.assert_allclose(Scorer(judging(critic))(images), 4.0 * np.arange(70))
    assert shapes == [(64, 2, 2, 1)]


def test_a_score_of_patches_is_their_mean():
    scorer = Scorer(judging(lambda images: images[:, 0, :, 0]))  # of two patches
    np.testing.assert_allclose(scorer(np.float32([[[[1], [4]]], [[[0], [2]]]])), [2.5, 1.0])


def test_conditions_that_the_model_does_not_have_are_refused():
    with pytest.raises(ValueError, match="conditions label were passed, expected none"):
        Scorer(judging(None))(np.zeros([1, 2, 2, 1], np.float32), {"label": np.zeros([1])})
