"""Optimizers of the players."""

import dataclasses

import keras

from wirgan_tf.parts import Part, PartRegistry, setting

Rate = float | keras.optimizers.schedules.LearningRateSchedule


class Optimizer(Part):
    """Updates a player's weights from their gradients."""

    def build(self, learning_rate: Rate) -> keras.optimizers.Optimizer:
        """Keras' optimizer with this rate, or schedule of rates by update."""
        raise NotImplementedError


@dataclasses.dataclass(frozen=True)
class Adam(Optimizer):
    """Adam (Kingma and Ba 2015)."""

    beta_1: float = setting(0.5, "decay of the first moment", at_least=0, below=1)
    beta_2: float = setting(0.9, "decay of the second moment", at_least=0, below=1)

    def build(self, learning_rate: Rate) -> keras.optimizers.Optimizer:
        return keras.optimizers.Adam(learning_rate, self.beta_1, self.beta_2)


class RmsProp(Optimizer):
    """RMSprop (Hinton 2012)."""

    def build(self, learning_rate: Rate) -> keras.optimizers.Optimizer:
        return keras.optimizers.RMSprop(learning_rate)


OPTIMIZERS: PartRegistry[type[Optimizer]] = PartRegistry("optimizer", {"adam": Adam, "rmsprop": RmsProp})
