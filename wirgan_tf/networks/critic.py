"""What a critic is to the rest of the package."""

import abc
import functools
from collections.abc import Callable, Mapping

import keras
import tensorflow as tf

from wirgan_tf.networks.layers import Composite
from wirgan_tf.networks.passes import INFERENCE, Pass


class Critic(Composite, keras.Model, abc.ABC):
    """D: images [B, *shape] -> scores float32 [B] (or [B, P], of P patches); higher means more real."""

    @abc.abstractmethod
    def call(self, images, run: Pass = INFERENCE): ...

    def scores_and_features(self, images, run: Pass = INFERENCE) -> tuple[tf.Tensor, tf.Tensor]:
        """Scores, and the critic's features of the images, [B, k]. Raises `TypeError` for a critic that gives none."""
        raise TypeError(f"{type(self).__name__} does not give its features")

    def given(self, conditions: Mapping[str, tf.Tensor]) -> "Critic":
        """This critic, bound to the conditions of a batch of images, as objectives and penalties call it."""
        del conditions
        return self


class FeatureCritic(Critic):
    """D(x) = w . phi(x) + b: a critic whose scores are linear in features of the image.

    to_score: w and b, a Dense(1).
    """

    to_score: keras.layers.Layer

    @abc.abstractmethod
    def features(self, images, run: Pass = INFERENCE) -> tf.Tensor:
        """phi, float [B, k], of images [B, *shape]."""

    def scores_of(self, features: tf.Tensor, run: Pass) -> tf.Tensor:
        """w . phi + b, float32 [B]."""
        return tf.squeeze(self.to_score(features, training=run.tracking), axis=-1)

    def call(self, images, run: Pass = INFERENCE):
        return self.scores_of(self.features(images, run), run)

    def scores_and_features(self, images, run: Pass = INFERENCE) -> tuple[tf.Tensor, tf.Tensor]:
        features = self.features(images, run)
        return self.scores_of(features, run), tf.cast(features, tf.float32)


class ConditionalCritic(Composite, keras.Model, abc.ABC):
    """D: images [B, *shape] and their conditions -> scores float32 [B]; otherwise like a `Critic`."""

    @abc.abstractmethod
    def call(self, images, conditions: Mapping[str, tf.Tensor], run: Pass = INFERENCE): ...

    def given(self, conditions: Mapping[str, tf.Tensor]) -> Callable[..., tf.Tensor]:
        """This critic, bound to the conditions of a batch of images: called like a `Critic`."""
        return functools.partial(self, conditions=conditions)
