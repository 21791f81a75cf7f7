"""Least squares (Mao et al. 2017)."""

import dataclasses

import tensorflow as tf

from wirgan_tf.objectives.objective import Objective, Scores
from wirgan_tf.parts import setting


@dataclasses.dataclass(frozen=True)
class LeastSquares(Objective):
    """Scores are drawn towards targets (equation 2 of Mao et al.).

    With b - c = 1 and b - a = 2, as in (-1, 1, 0), the generator minimises the Pearson chi^2 divergence.
    """

    fake_target: float = setting(-1.0, "a, the critic's target for generated images")
    real_target: float = setting(1.0, "b, the critic's target for real images")
    generator_target: float = setting(0.0, "c, the generator's target")

    @property
    def decision_threshold(self) -> float:
        """Half-way between the critic's targets."""
        return (self.fake_target + self.real_target) / 2.0

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """(E[(s - b)^2] + E[(r - a)^2]) / 2"""
        return (tf.reduce_mean(tf.square(scores.real - self.real_target))
                + tf.reduce_mean(tf.square(scores.fake - self.fake_target))) / 2.0

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """E[(r - c)^2] / 2"""
        return tf.reduce_mean(tf.square(scores.fake - self.generator_target)) / 2.0
