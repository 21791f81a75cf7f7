"""DRAW's grids on cases worked out by hand."""

import math

import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.networks import attention

SHARP = 1e-4  # variance of filters that see one pixel each
IMAGE = tf.reshape(tf.range(25.0), [1, 5, 5, 1])  # pixel (row r, column c), from 0, is 5 r + c


def where(centre_x=3.0, centre_y=3.0, stride=1.0, variance=SHARP, intensity=1.0):
    return attention.Grid(*(tf.constant([value]) for value in (centre_x, centre_y, stride, variance, intensity)))


def test_rows_sum_to_one_wherever_the_grid_lies():
    random = np.random.default_rng(0)
    centre, stride, variance = (tf.constant(random.uniform(low, high, 50), tf.float32)
                                for low, high in ((-40, 60), (0.01, 20), (0.01, 100)))
    filters = attention.filters(centre, stride, variance, size=4, length=12)
    assert filters.shape == (50, 4, 12)
    np.testing.assert_allclose(tf.reduce_sum(filters, axis=-1), np.ones((50, 4)), rtol=1e-5)


def test_filters_by_hand():
    # N = 2, centre 2, stride 2: mu = 2 + (1 - 1 - 1/2) 2 = 1 and 3; variance 1/2: weights exp(-distance^2)
    first = np.exp([0.0, -1.0, -4.0])
    filters = attention.filters(tf.constant([2.0]), tf.constant([2.0]), tf.constant([0.5]), size=2, length=3)[0]
    np.testing.assert_allclose(filters[0], first / first.sum(), rtol=1e-6)
    np.testing.assert_allclose(filters[1], first[::-1] / first.sum(), rtol=1e-6)


def test_a_centred_grid_reads_the_patch_in_the_middle():
    patch = attention.read(IMAGE, where(intensity=2.0), size=3)
    np.testing.assert_allclose(patch[0, :, :, 0], 2 * np.array([[6, 7, 8], [11, 12, 13], [16, 17, 18]]), rtol=1e-5)


def test_x_goes_along_rows_and_y_down_columns():
    patch = attention.read(IMAGE, where(centre_x=5.0, centre_y=1.0), size=1)  # the corner at the top right
    assert float(patch[0, 0, 0, 0]) == pytest.approx(4.0)


def test_the_grid_asked_for_by_zeros_spans_the_image():
    grid = attention.grid(tf.zeros([1, 5]), (5, 5, 1), size=5)
    # centre (5 + 1) / 2, stride (5 - 1) / (5 - 1), variance exp 0, intensity exp 0
    assert [float(value[0]) for value in grid] == [3.0, 3.0, 1.0, 1.0, 1.0]
    sharp = grid._replace(variance=tf.constant([SHARP]))
    np.testing.assert_allclose(attention.read(IMAGE, sharp, size=5), IMAGE, rtol=1e-5)


def test_parameters_by_hand():
    parameters = tf.constant([[-1.0, 0.5, math.log(3.0), math.log(0.5), math.log(7.0)]])
    grid = attention.grid(parameters, (4, 8, 3), size=3)
    # x: (8 + 1) / 2 (-1 + 1) = 0; y: (4 + 1) / 2 (0.5 + 1); stride: (max(4, 8) - 1) / (3 - 1) 0.5
    assert [float(value[0]) for value in grid] == pytest.approx([0.0, 3.75, 1.75, 3.0, 7.0])


def test_writing_puts_the_patch_where_it_would_be_read():
    patch = tf.reshape(tf.range(1.0, 9.0), [1, 2, 2, 2])
    grid = where(centre_x=2.5, centre_y=4.5, intensity=2.0)  # columns 2 and 3, rows 4 and 5
    canvas = attention.write(patch, grid, (5, 5, 2))
    expected = np.zeros((5, 5, 2))
    expected[3:5, 1:3] = patch[0] / 2.0
    np.testing.assert_allclose(canvas[0], expected, atol=1e-6)
    np.testing.assert_allclose(attention.read(canvas, grid, size=2), patch, rtol=1e-5)


def test_gradients_are_finite_far_outside_the_image():
    parameters = tf.constant([[50.0, -50.0, -5.0, 0.0, 0.0]])
    with tf.GradientTape() as tape:
        tape.watch(parameters)
        total = tf.reduce_sum(attention.read(IMAGE, attention.grid(parameters, (5, 5, 1), 3), 3))
    assert np.isfinite(tape.gradient(total, parameters)).all()
