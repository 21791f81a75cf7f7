"""Critics of patches: what of the image each of their scores sees."""

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.networks.patch_critic import PATCHES
from wirgan_tf.networks.unet import UNet


def critic_of(shape, **settings):
    return UNet(width=2, **settings).build_critic(shape, seed=0)


def seen_by(critic, side, patch):
    """Height and width of what a score of the patch at this place depends on, by its gradient."""
    for variable in critic.trainable_variables:  # else contributions may cancel, or slopes of 0.2 fade away
        variable.assign(tf.ones_like(variable) / variable.shape.num_elements())
    image = tf.ones([1, side, side, 1])
    with tf.GradientTape() as tape:
        tape.watch(image)
        score = critic(image)[0, patch]
    rows, columns = np.nonzero(tape.gradient(score, image)[0, :, :, 0].numpy())
    return rows.max() - rows.min() + 1, columns.max() - columns.min() + 1


@pytest.mark.parametrize(("patch", "side"), [(1, 4), (16, 48), (34, 96), (70, 192), (142, 384), (286, 768)])
def test_a_score_sees_a_patch_of_its_size(patch, side):
    """Of a patch in the middle, which no border cuts."""
    critic = critic_of((side, side, 1), patch=patch, patch_normalization="none")
    scores = side // 2 ** PATCHES[patch] - (2 if PATCHES[patch] else 0)
    assert critic(tf.zeros([1, side, side, 1])).shape == (1, scores**2)
    assert seen_by(critic, side, scores**2 // 2 + (0 if scores % 2 else scores // 2)) == (patch, patch)


def test_of_256_pixels_there_are_900_patches_of_70():
    assert critic_of((256, 256, 3), patch=70)(tf.zeros([1, 256, 256, 3])).shape == (1, 30 * 30)


@pytest.mark.parametrize(("side", "patches"), [(16, 2 * 2), (28, 5 * 5), (32, 2 * 2), (64, 6 * 6), (8, 2 * 2)])
def test_by_default_there_are_several_patches(side, patches):
    assert critic_of((side, side, 1))(tf.zeros([1, side, side, 1])).shape == (1, patches)


def test_a_single_patch_is_one_score():
    critic = critic_of((24, 24, 1), patch=70)
    assert critic(tf.zeros([3, 24, 24, 1])).shape == (3,)


def test_patches_larger_than_images_allow_are_refused():
    with pytest.raises(ValueError, match=r"^patch=70 needs images of 24x24 or larger, the data has 16x16; use a "):
        critic_of((16, 16, 1), patch=70)


def test_features_are_what_the_last_convolution_sees():
    critic = critic_of((16, 16, 1))
    images = tf.random.stateless_uniform([2, 16, 16, 1], [0, 1], -1.0)
    scores, features = critic.scores_and_features(images)
    np.testing.assert_allclose(scores, critic(images), rtol=1e-5)
    again = critic.to_score(tf.reshape(features, [2, 3, 3, 8]))
    np.testing.assert_allclose(tf.reshape(again, [2, -1]), scores, rtol=1e-5)
