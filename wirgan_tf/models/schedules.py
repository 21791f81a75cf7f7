"""Learning rates over a run."""

import dataclasses
from collections.abc import Sequence
from typing import ClassVar

import keras
import tensorflow as tf

from wirgan_tf.parts import Assembly, Part, PartRegistry, setting


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


class HalvingOnStall(keras.layers.Layer):
    """Halves learning rates when a measure of convergence stalls (Yin et al. 2020, improved BEGAN).

    The source does not say when that is. Here the measure is averaged over `patience` generator updates at a time, and
    the rates are halved whenever such a mean is not below all before it. A generator update whose critic updates were
    all skipped has no measure and is not counted.

    Args:
      patience: generator updates in a mean.
      optimizers: those whose learning rates are halved; the rates are numbers, not schedules.
    """

    def __init__(self, patience: int, optimizers: Sequence[keras.optimizers.Optimizer]):
        super().__init__(name="halving", trainable=False, dtype="float32")
        self.patience = patience
        self._optimizers = tuple(optimizers)
        self._count = self.add_weight(name="stall_count", shape=(), dtype="int64", initializer="zeros")
        self._sum = self.add_weight(name="stall_sum", shape=(), initializer="zeros")
        self._lowest = self.add_weight(name="stall_lowest", shape=(),
                                       initializer=keras.initializers.Constant(float("inf")))
        self.built = True

    @property
    def state(self) -> dict[str, keras.Variable]:
        """What it remembers; the rates themselves are the optimizers'."""
        return {"stall_count": self._count, "stall_sum": self._sum, "stall_lowest": self._lowest}

    def after_generator_update(self, measure: tf.Tensor, measured: tf.Tensor) -> None:
        """Takes in the measure, a scalar, after a generator update; `measured`, bool []: whether this one has it."""
        count = self._count + tf.cast(measured, tf.int64)
        total = self._sum + tf.where(measured, measure, 0.0)
        mean = total / self.patience
        complete = count == self.patience
        stalled = tf.logical_and(complete, mean >= self._lowest)
        for optimizer in self._optimizers:
            optimizer.learning_rate.assign(optimizer.learning_rate * tf.where(stalled, 0.5, 1.0))
        self._lowest.assign(tf.where(complete, tf.minimum(mean, self._lowest), self._lowest))
        self._sum.assign(tf.where(complete, 0.0, total))
        self._count.assign(tf.where(complete, tf.constant(0, tf.int64), count))


class LearningRateDecay(Part):
    """How the learning rates fall; the base class leaves them constant.

    ends_with_iterations: whether the rates depend on how many updates a run will make, which then must not change.
    """

    ends_with_iterations: ClassVar[bool] = False

    def schedule(self, learning_rate: float, updates: int) -> float | keras.optimizers.schedules.LearningRateSchedule:
        """The learning rate of an optimizer that makes `updates` updates in the run, by the number made so far.

        Skipped updates are not counted: the rate of a player that skips some falls more slowly.
        """
        del updates
        return learning_rate

    def halving(self, optimizers: Sequence[keras.optimizers.Optimizer]) -> HalvingOnStall | None:
        """What lowers the rates of `optimizers` by the objective's measure of convergence, or None."""
        del optimizers


class Constant(LearningRateDecay):
    """Constant rates."""


class Linear(LearningRateDecay):
    """Constant over the first half of the run, then linearly down to 0."""

    ends_with_iterations = True

    def schedule(self, learning_rate: float, updates: int) -> LinearDecay:
        return LinearDecay(learning_rate, updates)


class LinearThroughout(LearningRateDecay):
    """Linearly down to 0 throughout the run."""

    ends_with_iterations = True

    def schedule(self, learning_rate: float, updates: int) -> LinearDecay:
        return LinearDecay(learning_rate, updates, constant_share=0.0)


@dataclasses.dataclass(frozen=True)
class OnStall(LearningRateDecay):
    """Halved when the objective's measure of convergence stalls."""

    stall_patience: int = setting(2_000, "generator updates over which the convergence measure is averaged: the rates "
                                  "are halved when such a mean is not the lowest so far", at_least=1)

    def check(self, config: Assembly) -> None:
        """Raises `ValueError` for an objective without a measure of convergence."""
        if config.objective is None or not config.objective.convergence:
            of = f"family={config.family.name}" if config.objective is None else f"objective={config.objective.name}"
            raise ValueError(f"learning_rate_decay=on_stall watches a measure of convergence, which {of} does not "
                             "have; use objective=began")

    def halving(self, optimizers: Sequence[keras.optimizers.Optimizer]) -> HalvingOnStall:
        return HalvingOnStall(self.stall_patience, optimizers)


LEARNING_RATE_DECAYS: PartRegistry[type[LearningRateDecay]] = PartRegistry("learning_rate_decay", {
    "none": Constant,
    "linear": Linear,
    "linear_throughout": LinearThroughout,
    "on_stall": OnStall,
})
