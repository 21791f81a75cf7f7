import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.networks.dropout import SeededDropout
from wirgan_tf.networks.passes import TRAINING

ONES = tf.ones([40, 50])


def masks(layer, count):
    return [layer(ONES, run=TRAINING).numpy() for _ in range(count)]


def test_drops_its_share_and_keeps_the_mean():
    (dropped,) = masks(SeededDropout(0.25, seed=1, number=0), 1)
    np.testing.assert_allclose(np.unique(dropped), [0.0, 4 / 3])
    assert (dropped == 0).mean() == pytest.approx(0.25, abs=0.03)  # three standard deviations of 2,000 draws


def test_inference_draws_nothing():
    layer = SeededDropout(0.5, seed=1, number=0)
    np.testing.assert_array_equal(layer(ONES), ONES)
    assert int(layer.drawn) == 0


def test_masks_are_a_function_of_seed_layer_and_count():
    first, again = (masks(SeededDropout(0.5, seed=1, number=0), 3) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    others = masks(SeededDropout(0.5, seed=2, number=0), 1) + masks(SeededDropout(0.5, seed=1, number=1), 1)
    assert len({mask.tobytes() for mask in first + others}) == 5


def test_goes_on_where_it_was_saved():
    first, resumed = SeededDropout(0.5, seed=1, number=0), SeededDropout(0.5, seed=1, number=0)
    expected = masks(first, 3)[2]
    masks(resumed, 1)
    resumed.drawn.assign(2)
    np.testing.assert_array_equal(masks(resumed, 1)[0], expected)


def test_a_compiled_loop_draws_what_calls_in_turn_do():
    looped = SeededDropout(0.5, seed=1, number=0)
    looped.build(ONES.shape)
    draw = tf.function(lambda: tf.map_fn(lambda _: looped(ONES, run=TRAINING), tf.range(3), parallel_iterations=1,
                                         fn_output_signature=tf.float32))
    np.testing.assert_array_equal(draw(), masks(SeededDropout(0.5, seed=1, number=0), 3))


def test_replicas_share_one_mask_between_them(two_replicas):
    expected = masks(SeededDropout(0.5, seed=1, number=0), 2)
    with two_replicas.scope():
        layer = SeededDropout(0.5, seed=1, number=0)
        layer.build([20, 50])
    halves = tf.function(lambda: two_replicas.run(lambda: layer(ONES[:20], run=TRAINING)))
    for mask in expected:
        np.testing.assert_array_equal(np.concatenate(two_replicas.experimental_local_results(halves())), mask)
