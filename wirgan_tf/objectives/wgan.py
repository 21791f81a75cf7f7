"""The Wasserstein distance (Arjovsky et al. 2017; equations 5 to 7 of the GP-WIRGAN paper)."""

import tensorflow as tf

from wirgan_tf.objectives.objective import Objective, Scores


class Wasserstein(Objective):
    """The critic widens the gap between real and generated scores; a penalty or clipping keeps it Lipschitz."""

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """E[r] - E[s]  (5): minus the estimate of the Wasserstein distance"""
        return tf.reduce_mean(scores.fake) - tf.reduce_mean(scores.real)

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """-E[r]  (7)"""
        return -tf.reduce_mean(scores.fake)
