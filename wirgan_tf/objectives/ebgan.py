"""Energy-based GAN (Zhao et al. 2016). The energy e is an autoencoder's reconstruction error: minus the score."""

import dataclasses

import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.objectives.objective import Objective, Scores
from wirgan_tf.parts import setting


@dataclasses.dataclass(frozen=True)
class EnergyBased(Objective):
    """Real images get low energies, generated ones energies of at least the margin (equations 1 and 2 of Zhao)."""

    margin: float = setting(0.1, "m, the energy that generated images should have", above=0)
    pulling_away_weight: float = setting(0.1, "lambda_PT, weight of the term that keeps samples apart; 0: none",
                                         at_least=0)

    of_energies = True

    @property
    def needs_features(self) -> bool:
        return self.pulling_away_weight > 0.0

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """E[e(x)] + E[[m - e(G(z))]+]"""
        real_energy, fake_energy = -scores.real, -scores.fake
        return tf.reduce_mean(real_energy) + tf.reduce_mean(tf.nn.relu(self.margin - fake_energy))

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """E[e(G(z))] + lambda_PT PT"""
        energy = tf.reduce_mean(-scores.fake)
        if not self.needs_features:
            return energy
        return energy + self.pulling_away_weight * pulling_away(replicas.gathered(scores.fake_features))


def pulling_away(codes: tf.Tensor) -> tf.Tensor:
    """Mean squared cosine between the codes [B, k] of different samples, in [0, 1]  (4); 0 for a single sample."""
    directions = tf.math.l2_normalize(tf.cast(codes, tf.float32), axis=1)
    squared_cosines = tf.square(tf.matmul(directions, directions, transpose_b=True))
    samples = tf.cast(tf.shape(codes)[0], tf.float32)
    of_different = tf.reduce_sum(squared_cosines) - tf.reduce_sum(tf.linalg.diag_part(squared_cosines))
    return tf.math.divide_no_nan(of_different, samples * (samples - 1.0))
