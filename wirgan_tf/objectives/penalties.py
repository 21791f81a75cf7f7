"""What keeps the critic smooth: a term of its loss, a constraint on its variables, a norm in its layers, or nothing."""

from collections.abc import Callable, Sequence
from typing import Protocol

import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.config import Config
from wirgan_tf.noise import Purpose
from wirgan_tf.objectives.objective import checked_scores
from wirgan_tf.registry import Registry

Uniform = Callable[[Purpose, Sequence[int]], tf.Tensor]
"""Draws U[0, 1) numbers of a shape [B, ...], others for each purpose."""


class Penalty(Protocol):
    """How the critic is kept smooth."""

    def loss(self, critic, real: tf.Tensor, fake: tf.Tensor, uniform: Uniform) -> tf.Tensor:
        """The term of the critic's loss, for real and generated images [B, *shape]."""

    def after_critic_update(self, critic) -> None:
        """Puts the critic's variables back where they are allowed."""

    def shown(self, critic) -> dict[str, tf.Tensor]:
        """Scalars of the critic as it stands."""


class NoPenalty:
    """An unconstrained critic."""

    def loss(self, critic, real: tf.Tensor, fake: tf.Tensor, uniform: Uniform) -> tf.Tensor:
        del critic, real, fake, uniform
        return tf.zeros([])

    def after_critic_update(self, critic) -> None:
        del critic

    def shown(self, critic) -> dict[str, tf.Tensor]:
        del critic
        return {}


class Spectral(NoPenalty):
    """Spectral normalisation (Miyato et al. 2018), which the networks build into the critic's layers."""


class Clipping(NoPenalty):
    """Weight clipping (Algorithm 2, line 7): every trainable variable of the critic stays in [-c, c]."""

    def __init__(self, clip: float):
        self.clip = clip

    def after_critic_update(self, critic) -> None:
        for variable in critic.trainable_variables:
            variable.assign(tf.clip_by_value(variable, -self.clip, self.clip))

    def shown(self, critic) -> dict[str, tf.Tensor]:
        return {"clipped_share": share_at_bound(critic, self.clip)}


class GradientPenalty(NoPenalty):
    """lambda E[(norm2 grad_xhat D(xhat) - 1)^2], xhat = eps x + (1 - eps) G(z)  (12) to (15).

    Args:
      weight: lambda.
    """

    def __init__(self, weight: float):
        self.weight = weight

    def loss(self, critic, real: tf.Tensor, fake: tf.Tensor, uniform: Uniform) -> tf.Tensor:
        norms = gradient_norms(input_gradients(critic, self.points(real, fake, uniform)))
        return self.weight * tf.reduce_mean(self.cost(norms))

    def points(self, real: tf.Tensor, fake: tf.Tensor, uniform: Uniform) -> tf.Tensor:
        """Where the gradient is taken, [B, *shape]."""
        return mixed(real, fake, uniform)

    def cost(self, norms: tf.Tensor) -> tf.Tensor:
        """The penalty of gradients of these norms, [B] -> [B]."""
        return tf.square(norms - 1.0)


class OneSidedGradientPenalty(GradientPenalty):
    """lambda E[[norm2 grad_xhat D(xhat) - 1]+^2], slopes below 1 are free (Petzka et al. 2018, equation 8)."""

    def cost(self, norms: tf.Tensor) -> tf.Tensor:
        return tf.square(tf.nn.relu(norms - 1.0))


class R1(GradientPenalty):
    """gamma / 2 E[norm2 grad_x D(x)^2] at real images (Mescheder et al. 2018, equation 9); gamma is the weight."""

    def points(self, real: tf.Tensor, fake: tf.Tensor, uniform: Uniform) -> tf.Tensor:
        del fake, uniform
        return real

    def cost(self, norms: tf.Tensor) -> tf.Tensor:
        return tf.square(norms) / 2.0


class Dragan(GradientPenalty):
    """lambda E[(norm2 grad D(xhat) - 1)^2] between a real image and that image with noise (Kodali et al. 2017).

    The article's noise is N(0, c I) with a c to be chosen for the range of the data. The program of its authors takes
    U[0, 1) per pixel times half the standard deviation of the batch, and a point on the way there, as done here.
    """

    def points(self, real: tf.Tensor, fake: tf.Tensor, uniform: Uniform) -> tf.Tensor:
        del fake
        mean = replicas.mean(tf.reduce_mean(real))
        deviation = tf.sqrt(replicas.mean(tf.reduce_mean(tf.square(real - mean))))
        perturbed = real + 0.5 * deviation * uniform(Purpose.PERTURBATION, tf.shape(real))
        return mixed(real, perturbed, uniform)


def mixed(first: tf.Tensor, second: tf.Tensor, uniform: Uniform) -> tf.Tensor:
    """eps first + (1 - eps) second, one eps ~ U[0, 1) for each sample: [B, ...], [B, ...] -> [B, ...]."""
    eps = uniform(Purpose.INTERPOLATION, tf.shape(first)[:1])
    eps = tf.reshape(eps, [-1] + [1] * (first.shape.rank - 1))
    return eps * first + (1.0 - eps) * second


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


PENALTIES: Registry[Callable[[Config], Penalty]] = Registry("penalty", {
    "none": lambda config: NoPenalty(),
    "clipping": lambda config: Clipping(config.clip),
    "gp": lambda config: GradientPenalty(config.penalty_weight),
    "gp_one_sided": lambda config: OneSidedGradientPenalty(config.penalty_weight),
    "r1": lambda config: R1(config.penalty_weight),
    "dragan": lambda config: Dragan(config.penalty_weight),
    "spectral": lambda config: Spectral(),
})


def build_penalty(config: Config) -> Penalty:
    """The penalty named by `config`."""
    return PENALTIES[config.penalty](config)
