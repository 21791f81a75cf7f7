import numpy as np
import tensorflow as tf

from wirgan_tf.networks.instance_normalization import InstanceNormalization
from wirgan_tf.networks.passes import INFERENCE, TRAINING


def test_by_hand():
    """Two pixels a and b: (a - b) / 2 over the root of ((a - b) / 2)^2 + 1e-5, for each image and channel."""
    maps = np.float32([[[[1.0, 10.0], [3.0, 10.02]]], [[[0.0, 5.0], [0.0, 1.0]]]])
    layer = InstanceNormalization()
    halves = np.float32([[-1.0, -0.01], [0.0, 2.0]])
    expected = halves / np.sqrt(halves**2 + 1e-5)
    for run in (TRAINING, INFERENCE):
        np.testing.assert_allclose(layer(maps, run=run), np.stack([expected, -expected], axis=1)[:, None], rtol=2e-3)
    layer.gamma.assign([2.0, 3.0])
    layer.beta.assign([1.0, -1.0])
    np.testing.assert_allclose(layer(maps)[:, 0, 0], expected * [2.0, 3.0] + [1.0, -1.0], rtol=2e-3)
    assert len(layer.variables) == 2  # no moving averages


def test_a_single_pixel_becomes_the_offset():
    layer = InstanceNormalization()
    np.testing.assert_array_equal(layer(tf.constant([[[[7.0]]]])), [[[[0.0]]]])
