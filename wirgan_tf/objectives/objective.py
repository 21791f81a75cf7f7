"""What a loss is to the rest of the package."""

from typing import NamedTuple, Protocol

import tensorflow as tf


class Scores(NamedTuple):
    """A critic's verdict on a batch. Higher scores mean more real.

    real, real_data: scores [B] of the real images [B, *shape]; None in the generator's update, which sees none.
    fake, fake_data: scores [B] of the generated images [B, *shape].
    """

    real: tf.Tensor | None
    fake: tf.Tensor
    real_data: tf.Tensor | None
    fake_data: tf.Tensor


class Objective(Protocol):
    """The two players' losses, each a mean over the batch (a scalar) that its player minimises.

    decision_threshold: the score above which the critic says "real"; None when scores have no such zero point.
    """

    decision_threshold: float | None

    def critic_loss(self, scores: Scores) -> tf.Tensor: ...

    def generator_loss(self, scores: Scores) -> tf.Tensor: ...


def checked_scores(critic, images: tf.Tensor, training: bool, update_statistics: bool = True) -> tf.Tensor:
    """critic(images), refused unless it is one score an image: [B, 1] against [B] would broadcast in silence."""
    scores = critic(images, training=training, update_statistics=update_statistics)
    if scores.shape.rank != 1:
        raise ValueError(f"the critic returned scores of shape {scores.shape} for images of shape {images.shape}; "
                         "expected one score for each image, shape [B]")
    return scores
