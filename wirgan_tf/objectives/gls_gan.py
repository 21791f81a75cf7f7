"""Generalised loss-sensitive GAN (Qi 2017, its section on GLS-GAN): LS-GAN and WGAN as ends of one family."""

import dataclasses

import tensorflow as tf

from wirgan_tf.objectives.ls_gan import margins
from wirgan_tf.objectives.objective import Objective, Scores
from wirgan_tf.parts import setting


@dataclasses.dataclass(frozen=True)
class GeneralizedLossSensitive(Objective):
    """Exceeding the margin is rewarded too, with slope v. The loss l is minus the score.

    v = 0 gives LS-GAN's margin term; v = 1 gives WGAN, except for the mean margin, which is constant for the critic.
    """

    slope: float = setting(0.5, "v, the slope for margins that are kept: 0 rewards none, 1 is WGAN", at_most=1)

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """E[C_v(margin(x, G(z)) + l(x) - l(G(z)))], C_v(a) = max(a, v a)"""
        excess = margins(scores) - scores.real + scores.fake
        return tf.reduce_mean(tf.maximum(excess, self.slope * excess))

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """E[l(G(z))]"""
        return tf.reduce_mean(-scores.fake)
