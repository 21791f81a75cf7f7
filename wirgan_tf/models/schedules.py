"""Learning rates over a run."""

import keras


class LinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """Constant for the first half of the updates, then linearly down to 0.

    >>> [float(LinearDecay(0.5, 100)(update)) for update in (0, 50, 75, 100)]
    [0.5, 0.5, 0.25, 0.0]
    """

    def __init__(self, learning_rate: float, updates: int):
        self.learning_rate = learning_rate
        self.updates = updates

    def __call__(self, step):
        remaining = 1.0 - keras.ops.cast(step, "float32") / self.updates
        return self.learning_rate * keras.ops.clip(2.0 * remaining, 0.0, 1.0)

    def get_config(self):
        return {"learning_rate": self.learning_rate, "updates": self.updates}
