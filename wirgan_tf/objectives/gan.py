"""The original GAN (Goodfellow et al. 2014; equation 1 of the GP-WIRGAN paper), GRAN's objective.

The critic's score is the logit of "real". log sigmoid(s) = -softplus(-s) keeps both losses finite for any score.
"""

import tensorflow as tf

from wirgan_tf.objectives.objective import Objective, Scores


class NonSaturating(Objective):
    """The form used in practice: the generator maximises log D(G(z))."""

    decision_threshold = 0.0

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """E[softplus(-s)] + E[softplus(r)]"""
        return tf.reduce_mean(tf.nn.softplus(-scores.real)) + tf.reduce_mean(tf.nn.softplus(scores.fake))

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """E[softplus(-r)]"""
        return tf.reduce_mean(tf.nn.softplus(-scores.fake))


class Minimax(NonSaturating):
    """Equation 1 to the letter: the generator minimises log(1 - D(G(z)))."""

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """-E[softplus(r)]"""
        return -tf.reduce_mean(tf.nn.softplus(scores.fake))
