"""Critics that judge whether an image is real and meets its condition."""

from collections.abc import Mapping

import tensorflow as tf

from wirgan_tf.networks.conditioning import ConditionEmbedding, planes
from wirgan_tf.networks.critic import ConditionalCritic, Critic, FeatureCritic
from wirgan_tf.networks.initialization import WeightInitializers
from wirgan_tf.networks.passes import INFERENCE, Pass
from wirgan_tf.networks.spectral import SpectralNormalization

Conditions = Mapping[str, tf.Tensor]


class ProjectionCritic(ConditionalCritic):
    """D(x, y) = w . phi(x) + b + v_y . phi(x)  (Miyato and Koyama 2018, equation 5).

    phi are the features in which the critic's own score is linear.

    Args:
      critic: a built one.
      name: of the condition.
      size: classes of the label, or numbers in a vector of attributes.
      shape: of the images.
      initializers: of v.
      spectral_normalization: whether the table of v is divided by its spectral norm, as the source's is.
    """

    def __init__(self, critic: FeatureCritic, name: str, size: int, shape: tuple[int, ...],
                 initializers: WeightInitializers, spectral_normalization: bool = False):
        super().__init__(name="critic")
        self.critic = critic
        self.condition = name
        units = critic.features(tf.zeros([1, *shape])).shape[-1]
        self.projection = ConditionEmbedding(size, units, initializers.glorot(), name="projection")
        if spectral_normalization:
            self.projection = SpectralNormalization(self.projection, name="projection", dtype="float32")
        self.projection(tf.zeros([1, size]))

    def call(self, images, conditions: Conditions, run: Pass = INFERENCE):
        features = self.critic.features(images, run)
        direction = self.projection(conditions[self.condition], training=run.tracking)
        agreement = tf.reduce_sum(direction * tf.cast(features, tf.float32), axis=1)
        return self.critic.scores_of(features, run) + agreement


class JoinedCritic(ConditionalCritic):
    """D([x, y]): the condition is joined to the image along the channels.

    Args:
      critic: built for images that also have the condition's channels.
      name: of the condition, which is an image of the same height and width.
    """

    def __init__(self, critic: Critic, name: str):
        super().__init__(name="critic", autocast=False)  # float32 planes are joined to float32 images
        self.critic = critic
        self.condition = name

    def call(self, images, conditions: Conditions, run: Pass = INFERENCE):
        return self.critic(self._joined(images, conditions), run=run)

    def _joined(self, images, conditions: Conditions) -> tf.Tensor:
        return tf.concat([images, self._image_of(conditions[self.condition], images)], axis=-1)

    def _image_of(self, condition: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
        """The condition as an image of the size of `images`."""
        del images
        return condition


class PlanesCritic(JoinedCritic):
    """The critic whose condition is joined to the image as planes (Mirza and Osindero 2014, for convolutions).

    Args:
      critic, name: as in `JoinedCritic`; any condition but an image.
      size: classes of the label, or numbers in a vector of attributes.
    """

    def __init__(self, critic: FeatureCritic, name: str, size: int):
        super().__init__(critic, name)
        self.size = size

    def _image_of(self, condition: tf.Tensor, images: tf.Tensor) -> tf.Tensor:
        return planes(condition, self.size, tuple(images.shape[1:]))
