"""What a loss is to the rest of the package."""

import abc
import dataclasses
from collections.abc import Mapping
from typing import ClassVar, NamedTuple

import tensorflow as tf

from wirgan_tf.parts import Part


class Scores(NamedTuple):
    """A critic's scores of a batch. Higher scores mean more real.

    A critic that scores patches gives [B, P] where others give [B].

    real, real_data: scores [B] of the real images [B, *shape]; None in the generator's update, unless the objective
      `needs_real_scores` there.
    fake, fake_data: scores [B] of as many generated images [B, *shape].
    fake_features, real_features: the critic's features of the images, [B, k]: an autoencoder's codes, or the features
      in which its scores are linear; None unless the objective or the model `needs_features`.
    state: what the objective remembers, by name; see `Objective.initial_state`.
    """

    real: tf.Tensor | None
    fake: tf.Tensor
    real_data: tf.Tensor | None
    fake_data: tf.Tensor
    fake_features: tf.Tensor | None = None
    real_features: tf.Tensor | None = None
    state: Mapping[str, tf.Tensor] = {}


@dataclasses.dataclass(frozen=True)
class Objective(Part, abc.ABC):
    """The two players' losses, each a mean over the batch (a scalar) that its player minimises.

    decision_threshold: the score above which the critic says "real"; None when scores have no such threshold.
    of_energies: scores must be minus the errors of an autoencoder: the loss is unbounded for others.
    needs_features: asks for `Scores.fake_features`.
    needs_real_scores: asks for `Scores.real` and `real_data` in the generator's update too.
    initial_state: what the objective remembers from one update to the next, by name: scalars that the model saves and
      restores with the run and shows under these names.
    convergence: the name in `initial_state` of a measure of convergence, lower is better; "" without one.
    """

    decision_threshold: ClassVar[float | None] = None
    of_energies: ClassVar[bool] = False
    needs_features: ClassVar[bool] = False
    needs_real_scores: ClassVar[bool] = False
    initial_state: ClassVar[Mapping[str, float]] = {}
    convergence: ClassVar[str] = ""

    @abc.abstractmethod
    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """What the critic minimises, float32 []: a mean over the scores, [B] or [B, P], of both kinds of image."""

    @abc.abstractmethod
    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """What the generator minimises, float32 []; `scores.real` is None unless the objective `needs_real_scores`."""

    def next_state(self, scores: Scores) -> Mapping[str, tf.Tensor]:
        """The state after a critic update by these scores; every replica must compute the same."""
        return scores.state


def check_scores(scores: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
    """`scores`, refused unless they are [B], or [B, P] with P patches per image.

    [B, 1] is refused too: against [B] it would broadcast silently.
    """
    if scores.shape.rank not in (1, 2) or (scores.shape.rank == 2 and scores.shape[1] == 1):
        raise ValueError(f"the critic returned scores of shape {scores.shape} for images of shape {images.shape}; "
                         "expected one score for each image, shape [B], or one for each of its patches, shape [B, P]")
    return scores


def image_scores(scores: tf.Tensor) -> tf.Tensor:
    """One score for each image, [B]: for scores of patches [B, P], their mean."""
    return scores if scores.shape.rank == 1 else tf.reduce_mean(scores, axis=1)


def check_features(features: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
    """`features`, refused unless they are one vector for each image, [B, k]."""
    if features.shape.rank != 2:
        raise ValueError(f"the critic returned features of shape {features.shape} for images of shape {images.shape}; "
                         "expected one vector for each image, shape [B, k]")
    return features
