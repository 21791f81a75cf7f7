"""What a loss is to the rest of the package."""

import abc
from typing import NamedTuple

import keras
import tensorflow as tf


class Scores(NamedTuple):
    """A critic's verdict on a batch. Higher scores mean more real.

    real, real_data: scores [B] of the real images [B, *shape]; None in the generator's update, which sees none.
    fake, fake_data: scores [B] of the generated images [B, *shape], which are as many.
    fake_codes: what the critic encodes the generated images to, [B, k]; None unless the objective needs codes.
    """

    real: tf.Tensor | None
    fake: tf.Tensor
    real_data: tf.Tensor | None
    fake_data: tf.Tensor
    fake_codes: tf.Tensor | None = None


class Objective(abc.ABC):
    """The two players' losses, each a mean over the batch (a scalar) that its player minimises.

    `decision_threshold` is the score above which the critic says "real"; None when scores have no such zero point.

    `of_energies` says that scores must be minus the errors of an autoencoder: a loss that has no bound for others.

    `needs_codes` asks for `Scores.fake_codes`, which such critics give. `state` holds what the objective remembers from
    one update to the next: it is saved and restored with the run, and shown under these names; every replica must give
    it the same values.
    """

    decision_threshold: float | None = None
    of_energies: bool = False
    needs_codes: bool = False

    @property
    def state(self) -> dict[str, keras.Variable]:
        return {}

    @abc.abstractmethod
    def critic_loss(self, scores: Scores) -> tf.Tensor: ...

    @abc.abstractmethod
    def generator_loss(self, scores: Scores) -> tf.Tensor: ...

    def after_critic_update(self, scores: Scores) -> None:
        """Moves the state on, given the scores that the critic was updated by."""
        del scores


def checked_scores(critic, images: tf.Tensor, training: bool, update_statistics: bool = True) -> tf.Tensor:
    """critic(images), refused unless it is one score an image: [B, 1] against [B] would broadcast in silence."""
    return _checked(critic(images, training=training, update_statistics=update_statistics), images)


def checked_scores_and_codes(critic, images: tf.Tensor, training: bool,
                             update_statistics: bool = True) -> tuple[tf.Tensor, tf.Tensor]:
    """critic.scores_and_codes(images): scores [B], refused like those of `checked_scores`, and codes [B, k]."""
    scores, codes = critic.scores_and_codes(images, training=training, update_statistics=update_statistics)
    if codes.shape.rank != 2:
        raise ValueError(f"the critic returned codes of shape {codes.shape} for images of shape {images.shape}; "
                         "expected one vector for each image, shape [B, k]")
    return _checked(scores, images), codes


def _checked(scores: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
    if scores.shape.rank != 1:
        raise ValueError(f"the critic returned scores of shape {scores.shape} for images of shape {images.shape}; "
                         "expected one score for each image, shape [B]")
    return scores
