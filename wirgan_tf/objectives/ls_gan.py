"""Loss-sensitive GAN (Qi 2017). Its critic is a loss l, low for real images."""

import dataclasses

import tensorflow as tf

from wirgan_tf.objectives.objective import Objective, Scores
from wirgan_tf.parts import setting


@dataclasses.dataclass(frozen=True)
class LossSensitive(Objective):
    """The loss of a generated image should exceed that of a real one by the distance between the two images.

    l = log(1 + exp(-score)) is at least 0, which the source's code ensures by a final ReLU: the margins do not change
    when a number is added to every loss, so without a bound E[l(x)] would fall without end. Softplus has a gradient
    everywhere. The source's proofs assume a Lipschitz critic: train it with a penalty; l is no steeper than the score.
    """

    margin_weight: float = setting(10.0, "lambda, weight of the violated margins", at_least=0)

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """E[l(x)] + lambda E[[margin(x, G(z)) + l(x) - l(G(z))]+]"""
        real_losses, fake_losses = tf.nn.softplus(-scores.real), tf.nn.softplus(-scores.fake)
        violations = tf.nn.relu(margins(scores) + real_losses - fake_losses)
        return tf.reduce_mean(real_losses) + self.margin_weight * tf.reduce_mean(violations)

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """E[l(G(z))]"""
        return tf.reduce_mean(tf.nn.softplus(-scores.fake))


def margins(scores: Scores) -> tf.Tensor:
    """margin(x, G(z)) for pairs of a real and a generated image: the mean absolute difference of their pixels.

    It is [B], or [B, 1] with scores of patches [B, P], which share the margin of their image.
    """
    difference = tf.abs(scores.real_data - scores.fake_data)
    of_images = tf.reduce_mean(difference, axis=list(range(1, difference.shape.rank)))
    return of_images if scores.fake.shape.rank == 1 else of_images[:, tf.newaxis]
