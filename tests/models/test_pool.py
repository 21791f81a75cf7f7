import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.models.pool import ImagePool


def images_of(*values):
    return tf.constant(values, tf.float32)[:, None, None, None] * tf.ones([1, 2, 2, 1])


def shown(pool, images, draws):
    return pool.exchange(images, tf.constant(draws))[:, 0, 0, 0].numpy().tolist()


def kept(pool):
    return pool.images[:, 0, 0, 0].numpy().tolist()


def test_images_are_stored_until_it_is_full_and_then_exchanged():
    pool = ImagePool(2, (2, 2, 1), "pool")
    assert shown(pool, images_of(1.0), [[0.0, 0.0]]) == [1.0]
    assert (kept(pool), int(pool.stored)) == ([1.0, 0.0], 1)
    # The second fills it; the third is exchanged for place 1, which the second has just taken; the fourth is not.
    assert shown(pool, images_of(2.0, 3.0, 4.0), [[0.0, 0.0], [0.49, 0.5], [0.5, 0.0]]) == [2.0, 2.0, 4.0]
    assert (kept(pool), int(pool.stored)) == ([1.0, 3.0], 2)
    assert shown(pool, images_of(5.0), [[0.1, 0.49]]) == [1.0]
    assert kept(pool) == [5.0, 3.0]


def test_a_full_pool_exchanges_half_of_the_images():
    pool = ImagePool(50, (2, 2, 1), "pool")
    draws = tf.random.stateless_uniform([450, 2], [0, 1]).numpy()
    numbers = np.arange(450.0)
    given = np.array(shown(pool, images_of(*numbers), draws))
    np.testing.assert_array_equal(given[:50], numbers[:50])
    swapped = given[50:] != numbers[50:]
    assert np.mean(swapped) == pytest.approx(0.5, abs=0.08)  # of 400: deviation 0.025
    np.testing.assert_array_equal(swapped, draws[50:, 0] < 0.5)
    assert np.all(given <= numbers)
    assert sorted([*given, *kept(pool)]) == sorted(numbers.tolist() + given[:50].tolist())  # none is lost or twice


def test_no_gradient_goes_to_past_images():
    images = images_of(1.0)
    with tf.GradientTape() as tape:
        tape.watch(images)
        given = ImagePool(2, (2, 2, 1), "pool").exchange(images, tf.zeros([1, 2]))
    assert tape.gradient(given, images) is None
