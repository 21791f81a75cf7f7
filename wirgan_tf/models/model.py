"""What the rest of the package needs of a model, whatever it is trained by."""

from typing import Any, Protocol

import keras
import tensorflow as tf

Logs = dict[str, tf.Tensor]


class Model(Protocol):
    """A compiled `keras.Model` that trains a generator.

    generator: the one in training.
    critic: the generator's adversary, or None for a model without one.
    progress: the scalar of `train_step` that a progress bar shows.
    """

    generator: keras.Model
    critic: keras.Model | None
    progress: str

    @property
    def iteration(self) -> tf.Tensor:
        """Updates done or skipped, int64."""

    @property
    def sampler(self) -> keras.Model:
        """The generator to sample from: the averaged one when there is one."""

    @property
    def parts(self) -> dict[str, Any]:
        """Networks and optimizers by name, each with `variables`: what a checkpoint holds, beside `state`."""

    @property
    def state(self) -> dict[str, keras.Variable]:
        """What else is remembered between updates."""

    @property
    def observed(self) -> list[keras.Variable]:
        """The variables whose histograms are shown."""

    def train_step(self, data) -> Logs:
        """One update, given {"image": float32 [n_D, B, *shape]}; scalars of this replica."""

    def estimates(self, images: tf.Tensor) -> Logs:
        """Scalars of images [B, *shape] at inference, to compare those it is trained on with those it is not."""

    def diagnostics(self) -> Logs:
        """Scalars of the model as it stands."""
