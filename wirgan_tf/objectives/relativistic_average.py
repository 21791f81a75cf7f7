"""The relativistic average GAN (Jolicoeur-Martineau 2018, arXiv 1807.00734, equations 13 and 14)."""

import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.objectives.objective import Objective, Scores


class RelativisticAverage(Objective):
    """Each image's score is taken relative to the other kind's mean score; the generator swaps the two kinds."""

    needs_real_scores = True

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """E[softplus(-(s - E[r]))] + E[softplus(r - E[s])]"""
        return _loss(preferred=scores.real, other=scores.fake)

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """E[softplus(-(r - E[s]))] + E[softplus(s - E[r])]"""
        return _loss(preferred=scores.fake, other=scores.real)


def _loss(preferred: tf.Tensor, other: tf.Tensor) -> tf.Tensor:
    preferred_mean, other_mean = (replicas.mean(tf.reduce_mean(scores)) for scores in (preferred, other))
    return (tf.reduce_mean(tf.nn.softplus(other_mean - preferred))
            + tf.reduce_mean(tf.nn.softplus(other - preferred_mean)))
