"""The memory against Keras' own cell with the same weights."""

import keras
import numpy as np
import tensorflow as tf

from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.lstm import LongShortTermMemory, Memory


def test_a_step_is_keras():
    random = np.random.default_rng(0)
    inputs, output, memory = (tf.constant(random.normal(size=(5, size)), tf.float32) for size in (3, 4, 4))
    mine = LongShortTermMemory(4, WeightInitializers("glorot", seed=0, network="generator"))
    stepped = mine(inputs, Memory(output, memory))
    kernel = mine.gates.kernel.numpy()
    cell = keras.layers.LSTMCell(4)
    cell.build((None, 3))
    cell.set_weights([kernel[:3], kernel[3:], np.repeat([0.0, 1.0, 0.0, 0.0], 4)])  # the bias of the forget gate is 1
    expected, (_, expected_memory) = cell(inputs, [output, memory])
    np.testing.assert_allclose(stepped.output, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(stepped.memory, expected_memory, rtol=1e-5, atol=1e-6)


def test_the_first_output_is_learned():
    mine = LongShortTermMemory(2, WeightInitializers("glorot", seed=0, network="generator"))
    mine(tf.zeros([1, 3]), Memory(tf.zeros([1, 2]), tf.zeros([1, 2])))
    mine.first_output.assign([0.25, -0.5])
    state = mine.initial_state(3)
    np.testing.assert_array_equal(state.output, [[0.25, -0.5]] * 3)
    np.testing.assert_array_equal(state.memory, np.zeros((3, 2)))
    assert mine.first_output in mine.trainable_variables
