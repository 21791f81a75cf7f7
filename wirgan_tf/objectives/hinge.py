"""The hinge loss (Lim and Ye 2017; equations 16 and 17 of Miyato et al. 2018), SNGAN's objective."""

import tensorflow as tf

from wirgan_tf.objectives.objective import Objective, Scores


class Hinge(Objective):
    """The critic's loss is zero for real scores above 1 and generated ones below -1."""

    decision_threshold = 0.0

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """E[[1 - s]+] + E[[1 + r]+]"""
        return tf.reduce_mean(tf.nn.relu(1.0 - scores.real)) + tf.reduce_mean(tf.nn.relu(1.0 + scores.fake))

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """-E[r]"""
        return -tf.reduce_mean(scores.fake)
