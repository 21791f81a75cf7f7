"""What keeps the critic smooth: a term of its loss, a constraint on its variables, or nothing.

The gradient penalty is a term, clipping is a constraint; `Penalty` has a place for both.
"""

from typing import Protocol

import tensorflow as tf

from wirgan_tf.config import Config
from wirgan_tf.objectives.objective import checked_scores
from wirgan_tf.registry import Registry


class Penalty(Protocol):
    """How the critic is kept smooth."""

    def loss(self, critic, real: tf.Tensor, fake: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """The term of the critic's loss, for real and generated images [B, *shape] and uniform noise [B]."""

    def after_critic_update(self, critic) -> None:
        """Puts the critic's variables back where they are allowed."""


class NoPenalty:
    """An unconstrained critic."""

    def loss(self, critic, real: tf.Tensor, fake: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        del critic, real, fake, noise
        return tf.zeros([])

    def after_critic_update(self, critic) -> None:
        del critic


class Clipping(NoPenalty):
    """Weight clipping (Algorithm 2, line 7): every trainable variable of the critic stays in [-c, c]."""

    def __init__(self, clip: float):
        self.clip = clip

    def after_critic_update(self, critic) -> None:
        for variable in critic.trainable_variables:
            variable.assign(tf.clip_by_value(variable, -self.clip, self.clip))


class GradientPenalty(NoPenalty):
    """lambda E[(norm2 grad_xhat D(xhat) - 1)^2], xhat = eps x + (1 - eps) G(z)  (12) to (15).

    Args:
      weight: lambda.
    """

    def __init__(self, weight: float):
        self.weight = weight

    def loss(self, critic, real: tf.Tensor, fake: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        eps = tf.reshape(noise, [-1] + [1] * (real.shape.rank - 1))  # one for each sample
        norms = gradient_norms(input_gradients(critic, eps * real + (1.0 - eps) * fake))
        return self.weight * tf.reduce_mean(tf.square(norms - 1.0))


def input_gradients(critic, images: tf.Tensor) -> tf.Tensor:
    """grad_x D(x) for each image, [B, *shape], differentiable with respect to the critic's weights.

    A piecewise linear critic knows it as a chain of its layers, whose gradient leaves out the second derivatives that
    are 0; the result is the same, and comes sooner. For any other critic it is left to the tape.
    """
    if getattr(critic, "piecewise_linear", False):
        return critic.input_gradients(images)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(images)
        scores = checked_scores(critic, images, training=True)
    return tape.gradient(scores, images)


def gradient_norms(gradients: tf.Tensor) -> tf.Tensor:
    """norm2 of each sample's gradient: [B, ...] -> [B]. A gradient of exactly 0 has norm 0 and passes on 0, not NaN."""
    squares = tf.reduce_sum(tf.square(gradients), axis=list(range(1, gradients.shape.rank)))
    positive = squares > 0.0
    return tf.where(positive, tf.sqrt(tf.where(positive, squares, 1.0)), 0.0)


def share_at_bound(critic, clip: float) -> tf.Tensor:
    """Share of the critic's trainable weights that stand at -c or c, in [0, 1]: near 1 the critic is a sign pattern."""
    at_bound = [tf.reduce_sum(tf.cast(tf.abs(variable) >= clip * (1 - 1e-6), tf.float32))
                for variable in critic.trainable_variables]
    return tf.add_n(at_bound) / float(sum(variable.shape.num_elements() for variable in critic.trainable_variables))


class Spectral(NoPenalty):
    """Spectral normalisation (Miyato et al. 2018): the networks build it into the critic's layers, it adds no term."""


PENALTIES = Registry("penalty", {
    "none": lambda config: NoPenalty(),
    "spectral": lambda config: Spectral(),
    "clipping": lambda config: Clipping(config.clip),
    "gp": lambda config: GradientPenalty(config.penalty_weight),
})


def build_penalty(config: Config) -> Penalty:
    """The penalty named by `config`."""
    return PENALTIES[config.penalty](config)
