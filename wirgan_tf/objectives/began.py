"""Boundary equilibrium GAN (Berthelot et al. 2017). Its energy e, an autoencoder's error, is minus the score."""

import dataclasses
from collections.abc import Mapping

import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.objectives.objective import Objective, Scores
from wirgan_tf.parts import setting


@dataclasses.dataclass(frozen=True)
class BoundaryEquilibrium(Objective):
    """k holds the ratio E[e(G(z))] / E[e(x)] at gamma (section 3.4 of Berthelot et al.).

    Its state is k, and `convergence`, the measure M = e(x) + |gamma e(x) - e(G(z))| of the last critic update.
    """

    gamma: float = setting(0.5, "ratio of the energies of generated and real images; lower asks for sharper images "
                           "and allows fewer kinds of them", at_least=0, at_most=1)
    k_learning_rate: float = setting(0.001, "lambda_k, how fast k follows", above=0)

    of_energies = True
    initial_state = {"k": 0.0, "convergence": 0.0}  # noqa: RUF012
    convergence = "convergence"

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """E[e(x)] - k E[e(G(z_D))]"""
        real_energy, fake_energy = -scores.real, -scores.fake
        return tf.reduce_mean(real_energy) - scores.state["k"] * tf.reduce_mean(fake_energy)

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """E[e(G(z_G))]"""
        return tf.reduce_mean(-scores.fake)

    def next_state(self, scores: Scores) -> Mapping[str, tf.Tensor]:
        """k <- clip(k + lambda_k (gamma E[e(x)] - E[e(G(z_D))]), 0, 1)"""
        real_energy = replicas.mean(tf.reduce_mean(-scores.real))
        fake_energy = replicas.mean(tf.reduce_mean(-scores.fake))
        imbalance = self.gamma * real_energy - fake_energy
        k = tf.clip_by_value(scores.state["k"] + self.k_learning_rate * imbalance, 0.0, 1.0)
        return {"k": k, "convergence": real_energy + tf.abs(imbalance)}
