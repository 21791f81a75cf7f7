import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.reflection import cropped, padded


@pytest.mark.parametrize(("height", "width", "least"), [(4, 8, 1), (5, 7, 1), (1, 1, 1), (1, 9, 8), (3, 2, 8)])
def test_padded_to_multiples_and_cropped_back(height, width, least):
    images = tf.random.stateless_normal([2, height, width, 3], [0, height])
    found = padded(images, 4, least)
    assert [size % 4 for size in found.shape[1:3]] == [0, 0]
    for size, before in zip(found.shape[1:3], (height, width), strict=True):
        assert max(before, least) <= size < max(before, least) + 4
    np.testing.assert_array_equal(cropped(found, images), images)


def test_is_tensorflows_reflection_as_far_as_that_goes():
    images = tf.random.stateless_normal([2, 5, 6, 3], [0, 1])
    expected = tf.pad(images, [(0, 0), (0, 3), (0, 2), (0, 0)], mode="REFLECT")
    np.testing.assert_array_equal(padded(images, 8), expected)


def test_a_single_pixel_fills_the_image():
    np.testing.assert_array_equal(padded(tf.fill([1, 1, 1, 1], 0.25), 4), np.full([1, 4, 4, 1], 0.25))
