"""The logs of many updates, summed where they are computed, so that training seldom waits for them."""

import math

import numpy as np
import tensorflow as tf

from wirgan_tf.models import Logs


class TrainingDivergedError(ArithmeticError):
    """A loss became NaN or infinite."""


class RunningLogs:
    """The means of the logs of several updates, and the first logs that were not finite.

    `add` leaves everything on the device. `check` and `means` wait for the updates so far to end and read what is
    there, only once however often they are called between two updates.

    Args:
      run: what is trained, for the error.
    """

    def __init__(self, run: str):
        self._run = run
        self._names: list[str] = []
        self._count = 0
        self._sums = self._diverged = None
        self._read: list[float] | None = None

    def add(self, update: int, logs: Logs) -> None:
        """Takes in the logs of update number `update`: scalars by name, the same names each time."""
        if self._count == 0:
            self._names = list(logs)
            self._sums = tf.zeros([len(logs)], tf.float64)
            self._diverged = tf.zeros([1 + len(logs)], tf.float64)
        self._sums, self._diverged = _added(self._sums, self._diverged, tf.constant(update, tf.float64), logs)
        self._count += 1
        self._read = None

    def check(self) -> None:
        """Raises `TrainingDivergedError` when a scalar was not finite, naming it and the first such update."""
        if self._count == 0 or self._read is not None:
            return
        sums, (update, *values) = (part.tolist() for part in np.split(
            tf.concat([self._sums, self._diverged], axis=0).numpy(), [len(self._names)]))
        if update:
            name, value = next((name, value) for name, value in zip(self._names, values, strict=True)
                               if not math.isfinite(value))
            raise TrainingDivergedError(f"{name} is {value} at update {int(update)} of {self._run}")
        self._read = sums

    def means(self) -> dict[str, float]:
        """The mean of each scalar over the updates since the last call. Raises as `check` does."""
        self.check()
        means = {name: total / self._count for name, total in zip(self._names, self._read or [], strict=True)}
        self._count, self._read = 0, None
        return means


@tf.function(autograph=False)
def _added(sums: tf.Tensor, diverged: tf.Tensor, update: tf.Tensor, logs: Logs) -> tuple[tf.Tensor, tf.Tensor]:
    """The sums with `logs` added, and the number and logs of the first update whose logs were not finite, or zeros."""
    values = tf.stack([tf.cast(value, tf.float64) for value in logs.values()])
    first = tf.logical_and(diverged[0] == 0.0, tf.logical_not(tf.reduce_all(tf.math.is_finite(values))))
    return sums + values, tf.where(first, tf.concat([update[tf.newaxis], values], axis=0), diverged)
