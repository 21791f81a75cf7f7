"""A moving average of the generator's weights: the generator to sample from."""

import keras
import tensorflow as tf


class GeneratorAverage(keras.layers.Layer):
    """A generator whose every variable follows another's: average <- decay average + (1 - decay) weight.

    Early on the decay is (1 + n) / (10 + n) for update n, when that is smaller, so that the random initial weights are
    forgotten quickly. Moving statistics of normalisation are averaged like weights.

    Args:
      model: a generator of the same architecture; its variables are overwritten.
      decay: in [0, 1).
    """

    def __init__(self, model: keras.Model, decay: float):
        super().__init__(name="generator_average", trainable=False)
        self.model = model
        self.decay = decay
        self.built = True

    def update(self, generator: keras.Model, iteration: tf.Tensor) -> None:
        """Takes in `generator`'s weights after generator update `iteration`, 1, 2, ..."""
        updates = tf.cast(iteration, tf.float32)
        decay = tf.minimum(self.decay, (1.0 + updates) / (10.0 + updates))
        for average, variable in zip(self.model.variables, generator.variables, strict=True):
            average.assign(decay * average + (1.0 - decay) * variable)
