"""Boundary equilibrium GAN (Berthelot et al. 2017). Its energy e, an autoencoder's error, is minus the score."""

import keras
import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.objectives.objective import Objective, Scores


class BoundaryEquilibrium(Objective):
    """k holds the ratio E[e(G(z))] / E[e(x)] at gamma (section 3.4 of Berthelot et al.).

    Its state: `k`, and `convergence`, the measure M = e(x) + |gamma e(x) - e(G(z))| of the last critic update.

    Args:
      gamma: lower asks for sharper images and allows fewer kinds of them.
      k_learning_rate: lambda_k, how fast k follows.
    """

    of_energies = True

    def __init__(self, gamma: float, k_learning_rate: float):
        self.gamma = gamma
        self.k_learning_rate = k_learning_rate
        self.k = keras.Variable(0.0, trainable=False, name="k")
        self.convergence = keras.Variable(0.0, trainable=False, name="convergence")

    @property
    def state(self) -> dict[str, keras.Variable]:
        return {"k": self.k, "convergence": self.convergence}

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """E[e(x)] - k E[e(G(z_D))]"""
        real_energy, fake_energy = -scores.real, -scores.fake
        return tf.reduce_mean(real_energy) - self.k * tf.reduce_mean(fake_energy)

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """E[e(G(z_G))]"""
        return tf.reduce_mean(-scores.fake)

    def after_critic_update(self, scores: Scores) -> None:
        """k <- clip(k + lambda_k (gamma E[e(x)] - E[e(G(z_D))]), 0, 1)"""
        real_energy = replicas.mean(tf.reduce_mean(-scores.real))
        fake_energy = replicas.mean(tf.reduce_mean(-scores.fake))
        imbalance = self.gamma * real_energy - fake_energy
        self.k.assign(tf.clip_by_value(self.k + self.k_learning_rate * imbalance, 0.0, 1.0))
        self.convergence.assign(real_energy + tf.abs(imbalance))
