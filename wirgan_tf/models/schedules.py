"""Learning rates over a run."""

from collections.abc import Sequence

import keras
import tensorflow as tf


class LinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Constant for a share of the updates, then linearly down to 0.

    >>> [float(LinearDecay(0.5, 100)(update)) for update in (0, 50, 75, 100)]
    [0.5, 0.5, 0.25, 0.0]
    >>> [float(LinearDecay(0.5, 100, constant_share=0.0)(update)) for update in (0, 50, 75, 100)]
    [0.5, 0.25, 0.125, 0.0]
    """

    def __init__(self, learning_rate: float, updates: int, constant_share: float = 0.5):
        self.learning_rate = learning_rate
        self.updates = updates
        self.constant_share = constant_share

    def __call__(self, step):
        remaining = 1.0 - keras.ops.cast(step, "float32") / self.updates
        return self.learning_rate * keras.ops.clip(remaining / (1.0 - self.constant_share), 0.0, 1.0)

    def get_config(self):
        return {"learning_rate": self.learning_rate, "updates": self.updates, "constant_share": self.constant_share}


class HalvingOnStall:
    """Halves learning rates when a measure of convergence stalls (Yin et al. 2020, improved BEGAN).

    The source does not say when that is. Here the measure is averaged over `patience` generator updates at a time, and
    the rates are halved whenever such a mean is not below all before it.

    Args:
      patience: generator updates in a mean.
      optimizers: whose learning rates are halved; their rates are numbers, not schedules.
    """

    def __init__(self, patience: int, optimizers: Sequence[keras.optimizers.Optimizer]):
        self.patience = patience
        self.optimizers = optimizers
        self._sum = keras.Variable(0.0, trainable=False, name="sum")
        self._lowest = keras.Variable(float("inf"), trainable=False, name="lowest")

    @property
    def state(self) -> dict[str, keras.Variable]:
        """What it remembers; the rates themselves are the optimizers'."""
        return {"stall_sum": self._sum, "stall_lowest": self._lowest}

    def after_generator_update(self, iteration: tf.Tensor, measure: tf.Tensor) -> None:
        """Takes in the measure, a scalar, after generator update `iteration`, 1, 2, ..."""
        total = self._sum + measure
        mean = total / self.patience
        complete = iteration % self.patience == 0
        stalled = tf.logical_and(complete, mean >= self._lowest)
        for optimizer in self.optimizers:
            optimizer.learning_rate.assign(optimizer.learning_rate * tf.where(stalled, 0.5, 1.0))
        self._lowest.assign(tf.where(complete, tf.minimum(mean, self._lowest), self._lowest))
        self._sum.assign(tf.where(complete, 0.0, total))
