"""Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gates of Gers et al. 2000)."""

from typing import NamedTuple

import keras
import tensorflow as tf

from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.layers import Composite


class Memory(NamedTuple):
    """A cell's state: output h and memory c, each float32 [B, units]."""

    output: tf.Tensor
    memory: tf.Tensor


class LongShortTermMemory(Composite, keras.layers.Layer):
    """One step: (inputs [B, n], state) -> state. The initial output is learned, the initial memory is 0.

    Keras' own cell holds a seed among its variables, which our seeds do not set.
    """

    def __init__(self, units: int, initializers: WeightInitializers, **kwargs):
        super().__init__(dtype="float32", **kwargs)
        self.units = units
        self.gates = keras.layers.Dense(4 * units, kernel_initializer=initializers(), dtype="float32", name="gates")
        self.first_output = self.add_weight(shape=(units,), initializer="zeros", name="first_output", autocast=False)

    def initial_state(self, rows) -> Memory:
        """The state of `rows` sequences before their first step."""
        return Memory(tf.tile(self.first_output[None], [rows, 1]), tf.zeros([rows, self.units]))

    def call(self, inputs, state: Memory) -> Memory:
        gates = self.gates(tf.concat([inputs, state.output], axis=1))
        input_gate, forget_gate, candidate, output_gate = tf.split(gates, 4, axis=1)
        kept = tf.sigmoid(forget_gate + 1.0) * state.memory  # + 1: at first it remembers
        memory = kept + tf.sigmoid(input_gate) * tf.tanh(candidate)
        return Memory(tf.sigmoid(output_gate) * tf.tanh(memory), memory)
