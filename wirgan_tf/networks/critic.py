"""What a critic is to the rest of the package."""

import abc
from collections.abc import Callable, Mapping

import keras
import tensorflow as tf

from wirgan_tf.networks.layers import Composite
from wirgan_tf.networks.passes import INFERENCE, TRAINING, Pass


class Critic(Composite, keras.Model, abc.ABC):
    """D: images [B, *shape] -> scores float32 [B] (or [B, P], of P patches); higher means more real.

    independent_samples: whether in training, too, the score of an image is a function of that image alone, so that real
      and generated images can be scored in one call.
    """

    independent_samples: bool = False

    @abc.abstractmethod
    def call(self, images, run: Pass = INFERENCE): ...

    def scores_and_features(self, images, run: Pass = INFERENCE) -> tuple[tf.Tensor, tf.Tensor]:
        """Scores, and what the critic sees in the images, [B, k]. Raises `TypeError` for a critic that cannot tell."""
        raise TypeError(f"{type(self).__name__} does not give its features")

    def input_gradients(self, images: tf.Tensor) -> tf.Tensor:
        """grad_x D(x) of each image, [B, *shape], in training; differentiable with respect to the critic's weights.

        Of scores of patches it is the gradient of their mean.
        """
        return tape_gradients(lambda images: self(images, run=TRAINING), images)

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

    def gradients_along(self, readouts: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
        """grad_x (a . phi(x)) of each image for its own a, `readouts` [B, k]; differentiable as `input_gradients`."""
        def readings(images):
            return tf.reduce_sum(readouts * self.features(images, TRAINING), axis=1)

        return tape_gradients(readings, images)

    def input_gradients(self, images: tf.Tensor) -> tf.Tensor:
        if not self.independent_samples:
            return super().input_gradients(images)
        return self.gradients_along(tf.repeat(tf.transpose(self.to_score.kernel), tf.shape(images)[0], axis=0), images)


class ConditionalCritic(Composite, keras.Model, abc.ABC):
    """D: images [B, *shape] and their conditions -> scores float32 [B]; otherwise as a `Critic`."""

    independent_samples: bool = False

    @abc.abstractmethod
    def call(self, images, conditions: Mapping[str, tf.Tensor], run: Pass = INFERENCE): ...

    def input_gradients(self, images: tf.Tensor, conditions: Mapping[str, tf.Tensor]) -> tf.Tensor:
        """As that of a `Critic`; the conditions stay as they are."""
        return tape_gradients(lambda images: self(images, conditions=conditions, run=TRAINING), images)

    def given(self, conditions: Mapping[str, tf.Tensor]) -> "BoundCritic":
        """This critic, bound to the conditions of a batch of images."""
        return BoundCritic(self, conditions)


class BoundCritic:
    """A conditional critic of the images that go with one batch of conditions: called as a `Critic`."""

    def __init__(self, critic: ConditionalCritic, conditions: Mapping[str, tf.Tensor]):
        self._critic = critic
        self._conditions = conditions

    def __call__(self, images: tf.Tensor, run: Pass = INFERENCE) -> tf.Tensor:
        return self._critic(images, conditions=self._conditions, run=run)

    def input_gradients(self, images: tf.Tensor) -> tf.Tensor:
        """As `Critic.input_gradients`."""
        return self._critic.input_gradients(images, self._conditions)


def tape_gradients(critic: Callable[[tf.Tensor], tf.Tensor], images: tf.Tensor) -> tf.Tensor:
    """grad_x D(x) of each image, [B, *shape], by automatic differentiation."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(images)
        scores = critic(images)
        scores = scores if scores.shape.rank == 1 else tf.reduce_mean(scores, axis=1)
    return tape.gradient(scores, images)
