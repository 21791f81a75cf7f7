"""Generalised loss-sensitive GAN (Qi 2017, its section on GLS-GAN): LS-GAN and WGAN as ends of one family."""

import tensorflow as tf

from wirgan_tf.objectives.ls_gan import margins
from wirgan_tf.objectives.objective import Objective, Scores


class GeneralizedLossSensitive(Objective):
    """A margin that is more than kept is rewarded too, with the slope v. The loss l is minus the score.

    Args:
      slope: v, at most 1. 0 is LS-GAN's margin term; 1 is WGAN, but for the mean margin, a constant to the critic.
    """

    def __init__(self, slope: float):
        self.slope = slope

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """E[C_v(margin(x, G(z)) + l(x) - l(G(z)))], C_v(a) = max(a, v a)"""
        excess = margins(scores) - scores.real + scores.fake
        return tf.reduce_mean(tf.maximum(excess, self.slope * excess))

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """E[l(G(z))]"""
        return tf.reduce_mean(-scores.fake)
