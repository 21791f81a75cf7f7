"""A moving average of the generators' weights: the generators to sample from."""

from collections.abc import Mapping

import keras
import tensorflow as tf


class GeneratorAverage(keras.layers.Layer):
    """Generators whose every variable follows another's: average <- decay average + (1 - decay) weight.

    Early on the decay is (1 + n) / (10 + n) for update n, when that is smaller, so that the random initial weights are
    forgotten quickly. Moving statistics of normalisation are averaged like weights.

    Args:
      networks: generators of the same architectures, by the same names; their variables are overwritten.
      decay: in [0, 1).
    """

    def __init__(self, networks: Mapping[str, keras.Model], decay: float):
        super().__init__(name="generator_average", trainable=False)
        self.networks = dict(networks)
        self.decay = decay
        self.built = True

    def update(self, generators: Mapping[str, keras.Model], iteration: tf.Tensor) -> None:
        """Takes in the weights of `generators` after generator update `iteration`, 1, 2, ..."""
        updates = tf.cast(iteration, tf.float32)
        decay = tf.minimum(self.decay, (1.0 + updates) / (10.0 + updates))
        for name, network in self.networks.items():
            for average, variable in zip(network.variables, generators[name].variables, strict=True):
                average.assign(decay * average + (1.0 - decay) * variable)
