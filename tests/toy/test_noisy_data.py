import numpy as np
import pytest
import tensorflow as tf

from wirgan_tf.toy.noisy_data import NOISE, NoisyData


def test_the_first_number_chooses_the_point_and_the_others_move_it():
    points = np.array([[0.0, 0.0], [10.0, 0.0], [20.0, 0.0], [30.0, 0.0]], np.float32)
    # quantiles of -9, -0.1, 0.1, 9: about 0, 0.46, 0.54, 1; four points: the 1st, 2nd, 3rd and 4th quarter
    z = tf.constant([[[-9.0, 0.0, 0.0], [-0.1, 1.0, 0.0], [0.1, 0.0, -2.0], [9.0, 0.5, 0.5]]])
    expected = points + NOISE * np.array([[0, 0], [1, 0], [0, -2], [0.5, 0.5]])
    np.testing.assert_allclose(NoisyData(points).generate(z), expected, atol=1e-6)


def test_every_point_is_as_likely():
    points = np.array([[0.0, 0.0], [100.0, 0.0]], np.float32)
    drawn = NoisyData(points).generate(tf.random.stateless_normal([1, 20_000, 3], [0, 1])).numpy()
    right = drawn[:, 0] > 50
    assert right.mean() == pytest.approx(0.5, abs=3 * 0.5 / np.sqrt(20_000))
    assert (drawn[~right]).std(axis=0) == pytest.approx([NOISE, NOISE], rel=0.03)
