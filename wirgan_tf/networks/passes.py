"""How a network is called, as one value that is handed down through its layers."""

import dataclasses

import tensorflow as tf


@dataclasses.dataclass(frozen=True)
class Pass:
    """How a network is called.

    training: normalise by the batch, drop features.
    step: t - 1 of a recurrent generator's time step t; other networks have one step.
    track_statistics: whether moving statistics and power iterations follow this call, when it is one of training. The
      generator's updates leave those of the critic alone, which would otherwise lean towards generated images.
    condition: what a conditional generator is asked for: int64 labels [B], or float32 attributes [B, A]; else None.
    """

    training: bool = False
    step: int = 0
    track_statistics: bool = True
    condition: tf.Tensor | None = None

    @property
    def tracking(self) -> bool:
        """Whether statistics follow this call."""
        return self.training and self.track_statistics

    def at(self, step: int) -> "Pass":
        """This pass at another time step."""
        return dataclasses.replace(self, step=step)

    def untracked(self) -> "Pass":
        """This pass, leaving moving statistics unchanged."""
        return dataclasses.replace(self, track_statistics=False)

    def asked_for(self, condition: tf.Tensor) -> "Pass":
        """This pass, for this condition."""
        return dataclasses.replace(self, condition=condition)


INFERENCE = Pass()
TRAINING = Pass(training=True)
TRAINING_UNTRACKED = Pass(training=True, track_statistics=False)
