"""How a network is called, as one value that is handed down it."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Pass:
    """How a network is called.

    training: normalise by the batch, drop features.
    step: t - 1 of a recurrent generator's time step t; other networks have one step.
    track_statistics: whether moving statistics and power iterations follow this call, when it is one of training. The
      generator's updates leave those of the critic alone, or they would lean towards generated images.
    """

    training: bool = False
    step: int = 0
    track_statistics: bool = True

    @property
    def tracking(self) -> bool:
        """Whether statistics follow this call."""
        return self.training and self.track_statistics

    def at(self, step: int) -> "Pass":
        """This pass at another time step."""
        return dataclasses.replace(self, step=step)


INFERENCE = Pass()
TRAINING = Pass(training=True)
TRAINING_UNTRACKED = Pass(training=True, track_statistics=False)
