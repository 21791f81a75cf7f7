"""What a model remembers between updates, as variables that Keras saves with its weights."""

from collections.abc import Mapping

import keras
import tensorflow as tf


class State(keras.layers.Layer):
    """Scalars by name that keep their values from one update to the next.

    Args:
      initial: their first values.
    """

    def __init__(self, initial: Mapping[str, float], name: str):
        super().__init__(name=name, trainable=False, dtype="float32")
        self._scalars = {key: self.add_weight(name=key, shape=(), initializer=keras.initializers.Constant(value))
                         for key, value in initial.items()}
        self.built = True

    @property
    def state(self) -> dict[str, keras.Variable]:
        """The variables, by name."""
        return dict(self._scalars)

    @property
    def values(self) -> dict[str, tf.Tensor]:
        """Their present values."""
        return {name: tf.convert_to_tensor(variable) for name, variable in self._scalars.items()}

    def __getitem__(self, name: str) -> keras.Variable:
        return self._scalars[name]

    def assign(self, values: Mapping[str, tf.Tensor]) -> None:
        """Gives the variables new values."""
        for name, variable in self._scalars.items():
            variable.assign(values[name])
