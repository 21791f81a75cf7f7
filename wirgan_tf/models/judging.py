"""Scores that critics give to real and generated images, and quantities computed from them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import keras
import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.models.balance import ranking_accuracy
from wirgan_tf.networks.generator import Batch
from wirgan_tf.networks.passes import Pass
from wirgan_tf.objectives import Scores, check_features, check_scores, image_scores

AllScores = Mapping[str, Scores]
"""The scores of each critic, by its name."""


class Judged(NamedTuple):
    """What a critic judges: images of the data and generated ones, [B, *shape], and the conditions that both share."""

    real: tf.Tensor
    fake: tf.Tensor
    conditions: Batch


def scores_of_both(critic: keras.Model, judged: Judged, run: Pass, *, features: bool,
                   state: Mapping[str, tf.Tensor]) -> Scores:
    """The critic's scores of real and of generated images, each batch judged by itself.

    Args:
      critic: a `networks.critic.Critic` or `ConditionalCritic`.
      judged: what it judges.
      run: how the critic is called.
      features: whether `Scores` holds the critic's features of the images.
      state: what the objective remembers.
    """
    real_scores, real_features = judge(critic, judged.conditions, judged.real, run, features)
    fake_scores, fake_features = judge(critic, judged.conditions, judged.fake, run, features)
    return Scores(real_scores, fake_scores, judged.real, judged.fake, fake_features=fake_features,
                  real_features=real_features, state=state)


def scores_of_generated(critic: keras.Model, judged: Judged, run: Pass, *, features: bool,
                        state: Mapping[str, tf.Tensor]) -> Scores:
    """As `scores_of_both`, without the real images."""
    fake_scores, fake_features = judge(critic, judged.conditions, judged.fake, run, features)
    return Scores(None, fake_scores, None, judged.fake, fake_features=fake_features, state=state)


def judge(critic: keras.Model, conditions: Batch, images: tf.Tensor, run: Pass,
          features: bool) -> tuple[tf.Tensor, tf.Tensor | None]:
    """The scores of images, [B], or of their patches, [B, P]; and the critic's features of the images, or None."""
    critic = critic.given(conditions)
    if features:
        scores, seen = critic.scores_and_features(images, run)
        return check_scores(scores, images), check_features(seen, images)
    return check_scores(critic(images, run=run), images), None


def distance(scores: AllScores) -> tf.Tensor:
    """E[s] - E[r], the mean over the critics."""
    return _mean(tf.reduce_mean(found.real) - tf.reduce_mean(found.fake) for found in scores.values())


def accuracy(scores: AllScores) -> tf.Tensor:
    """`ranking_accuracy` of the images of all replicas, the mean over the critics."""
    return _mean(ranking_accuracy(replicas.gathered(image_scores(found.real)),
                                  replicas.gathered(image_scores(found.fake))) for found in scores.values())


def _mean(values: Iterable[tf.Tensor]) -> tf.Tensor:
    return tf.reduce_mean(tf.stack(list(values)))
