"""Loss-sensitive GAN (Qi 2017). Its critic is a loss l, low for real images: minus the score of this package."""

import tensorflow as tf

from wirgan_tf.objectives.objective import Objective, Scores


class LossSensitive(Objective):
    """The loss of a generated image shall exceed that of a real one by how far the two images are apart.

    The source proves that its critic works when it is Lipschitz: train it with a penalty.

    Args:
      margin_weight: lambda, weight of the violated margins.
    """

    def __init__(self, margin_weight: float):
        self.margin_weight = margin_weight

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """E[l(x)] + lambda E[[margin(x, G(z)) + l(x) - l(G(z))]+]"""
        violations = tf.nn.relu(margin_excess(scores))
        return tf.reduce_mean(-scores.real) + self.margin_weight * tf.reduce_mean(violations)

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """E[l(G(z))]"""
        return tf.reduce_mean(-scores.fake)


def margin_excess(scores: Scores) -> tf.Tensor:
    """margin(x, G(z)) + l(x) - l(G(z)), [B], for pairs of a real and a generated image.

    The margin is the mean absolute difference of their pixels.
    """
    difference = tf.abs(scores.real_data - scores.fake_data)
    margin = tf.reduce_mean(difference, axis=list(range(1, difference.shape.rank)))
    real_loss, fake_loss = -scores.real, -scores.fake
    return margin + real_loss - fake_loss
