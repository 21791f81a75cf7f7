"""Least squares (Mao et al. 2017)."""

import tensorflow as tf

from wirgan_tf.objectives.objective import Objective, Scores


class LeastSquares(Objective):
    """Scores are drawn towards targets (equation 2 of Mao et al.).

    With b - c = 1 and b - a = 2, as in (-1, 1, 0), the generator minimises the Pearson chi^2 divergence.

    Args:
      fake_target: a, what the critic gives generated images.
      real_target: b, what it gives real ones.
      generator_target: c, what the generator wants to be given.
    """

    def __init__(self, fake_target: float, real_target: float, generator_target: float):
        self.fake_target = fake_target
        self.real_target = real_target
        self.generator_target = generator_target
        self.decision_threshold = (fake_target + real_target) / 2.0

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """(E[(s - b)^2] + E[(r - a)^2]) / 2"""
        return (tf.reduce_mean(tf.square(scores.real - self.real_target))
                + tf.reduce_mean(tf.square(scores.fake - self.fake_target))) / 2.0

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """E[(r - c)^2] / 2"""
        return tf.reduce_mean(tf.square(scores.fake - self.generator_target)) / 2.0
