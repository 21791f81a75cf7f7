"""The relativistic pairing GAN (Jolicoeur-Martineau 2018, arXiv 1807.00734), R3GAN's loss (Huang et al. 2024)."""

import tensorflow as tf

from wirgan_tf.objectives.objective import Objective, Scores


class Relativistic(Objective):
    """The critic scores each real image above the generated one of its pair; the generator wants the opposite."""

    needs_real_scores = True

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """E[softplus(-(s - r))]"""
        return tf.reduce_mean(tf.nn.softplus(scores.fake - scores.real))

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """E[softplus(-(r - s))]"""
        return tf.reduce_mean(tf.nn.softplus(scores.real - scores.fake))
