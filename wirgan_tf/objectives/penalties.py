"""What keeps the critic smooth: a term of its loss, a constraint on its variables, or nothing.

A critic here is bound to the conditions of its batch (see `networks.critic`) and called as
`critic(images, run=TRAINING)`: [B, *shape] -> scores [B], or [B, P] of P patches.
"""

import abc
import dataclasses
from collections.abc import Callable

import tensorflow as tf

from wirgan_tf import replicas
from wirgan_tf.networks.passes import TRAINING
from wirgan_tf.noise import Purpose, Stream
from wirgan_tf.objectives.objective import image_scores
from wirgan_tf.parts import Assembly, Part, PartRegistry, setting


class Penalty(Part):
    """How the critic is kept smooth."""

    def loss(self, critic, real: tf.Tensor, fake: tf.Tensor, stream: Stream) -> tf.Tensor | None:
        """The term of the critic's loss, for real and generated images [B, *shape]; None when there is none."""
        del critic, real, fake, stream

    def constrain(self, critic) -> None:
        """Moves the critic's variables back into their allowed range after an update."""
        del critic

    def diagnostics(self, critic) -> dict[str, tf.Tensor]:
        """Scalars of the critic's present state, to log."""
        del critic
        return {}


class NoPenalty(Penalty):
    """An unconstrained critic."""


@dataclasses.dataclass(frozen=True)
class Clipping(Penalty):
    """Weight clipping (Arjovsky et al. 2017; Algorithm 2, line 7): every trainable critic variable stays in [-c, c]."""

    clip: float = setting(0.01, "c, critic variables are clipped to [-c, c]", above=0)

    def constrain(self, critic) -> None:
        for variable in critic.trainable_variables:
            variable.assign(tf.clip_by_value(variable, -self.clip, self.clip))

    def diagnostics(self, critic) -> dict[str, tf.Tensor]:
        return {"clipped_share": share_at_bound(critic, self.clip)}


class SlopePenalty(Penalty, abc.ABC):
    """A weight times the mean cost of the critic's slopes, norm2 grad_x D(x), at certain points x."""

    @property
    @abc.abstractmethod
    def weight(self) -> float:
        """What the mean is multiplied by."""

    @abc.abstractmethod
    def points(self, real: tf.Tensor, fake: tf.Tensor, stream: Stream) -> tf.Tensor:
        """Where the gradient is taken, [B, *shape]."""

    @abc.abstractmethod
    def cost(self, norms: tf.Tensor) -> tf.Tensor:
        """The penalty of gradients of these norms, [B] -> [B]."""

    def check(self, config: Assembly) -> None:
        """Raises `ValueError` for a critic that mixes the samples of a batch."""
        if mixing := config.network.mixing:
            raise ValueError(f"penalty={self.name} is a penalty of each sample alone and {mixing}=batch mixes the "
                             f"samples of a batch; use {mixing}=none")

    def loss(self, critic, real: tf.Tensor, fake: tf.Tensor, stream: Stream) -> tf.Tensor:
        norms = gradient_norms(input_gradients(critic, self.points(real, fake, stream)))
        return self.weight * tf.reduce_mean(self.cost(norms))


@dataclasses.dataclass(frozen=True)
class GradientPenalty(SlopePenalty):
    """lambda E[(norm2 grad_xhat D(xhat) - 1)^2], xhat = eps x + (1 - eps) G(z)  (12) to (15), Gulrajani et al. 2017."""

    penalty_weight: float = setting(10.0, "lambda, weight of the gradient penalty", at_least=0)

    @property
    def weight(self) -> float:
        return self.penalty_weight

    def points(self, real: tf.Tensor, fake: tf.Tensor, stream: Stream) -> tf.Tensor:
        return mixed(real, fake, stream)

    def cost(self, norms: tf.Tensor) -> tf.Tensor:
        return tf.square(norms - 1.0)


class OneSidedGradientPenalty(GradientPenalty):
    """lambda E[[norm2 grad_xhat D(xhat) - 1]+^2]; slopes below 1 are free (Petzka et al. 2018, equation 8)."""

    def cost(self, norms: tf.Tensor) -> tf.Tensor:
        return tf.square(tf.nn.relu(norms - 1.0))


@dataclasses.dataclass(frozen=True)
class R1(SlopePenalty):
    """gamma / 2 E[norm2 grad_x D(x)^2] at real images (Mescheder et al. 2018, equation 9)."""

    r1_gamma: float = setting(10.0, "gamma, twice the weight of the squared slope", at_least=0)

    @property
    def weight(self) -> float:
        return self.r1_gamma / 2.0

    def points(self, real: tf.Tensor, fake: tf.Tensor, stream: Stream) -> tf.Tensor:
        del fake, stream
        return real

    def cost(self, norms: tf.Tensor) -> tf.Tensor:
        return tf.square(norms)


class R1R2(R1):
    """gamma / 2 (E[norm2 grad_x D(x)^2] + E[norm2 grad D(G(z))^2])  (Huang et al. 2024, section 2)."""

    def loss(self, critic, real: tf.Tensor, fake: tf.Tensor, stream: Stream) -> tf.Tensor:
        return super().loss(critic, real, fake, stream) + super().loss(critic, fake, real, stream)


class Dragan(GradientPenalty):
    """lambda E[(norm2 grad D(xhat) - 1)^2] between a real image and that image with noise (Kodali et al. 2017).

    The article's noise is N(0, c I), with c to be chosen for the range of the data. The authors' code adds U[0, 1) per
    pixel times half the standard deviation of the batch and takes a random point on the way there, as is done here.
    """

    def points(self, real: tf.Tensor, fake: tf.Tensor, stream: Stream) -> tf.Tensor:
        del fake
        mean = replicas.mean(tf.reduce_mean(real))
        deviation = tf.sqrt(replicas.mean(tf.reduce_mean(tf.square(real - mean))))
        perturbed = real + 0.5 * deviation * stream.uniform(Purpose.PERTURBATION, tf.shape(real))
        return mixed(real, perturbed, stream)


def mixed(first: tf.Tensor, second: tf.Tensor, stream: Stream) -> tf.Tensor:
    """eps first + (1 - eps) second, one eps ~ U[0, 1) for each sample: [B, ...], [B, ...] -> [B, ...]."""
    eps = stream.uniform(Purpose.INTERPOLATION, tf.shape(first)[:1])
    eps = tf.reshape(eps, [-1] + [1] * (first.shape.rank - 1))
    return eps * first + (1.0 - eps) * second


def input_gradients(critic: Callable[..., tf.Tensor], images: tf.Tensor) -> tf.Tensor:
    """grad_x D(x) of each image, [B, *shape], in training; for scores of patches, the gradient of their mean."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(images)
        scores = image_scores(critic(images, run=TRAINING))
    return tape.gradient(scores, images)


def gradient_norms(gradients: tf.Tensor) -> tf.Tensor:
    """norm2 of each sample's gradient: [B, ...] -> [B]. A gradient of exactly 0 has norm 0 and passes on 0, not NaN."""
    squares = tf.reduce_sum(tf.square(gradients), axis=list(range(1, gradients.shape.rank)))
    positive = squares > 0.0
    return tf.where(positive, tf.sqrt(tf.where(positive, squares, 1.0)), 0.0)


def share_at_bound(critic, clip: float) -> tf.Tensor:
    """Share of the critic's trainable weights that are at -c or c, in [0, 1]: near 1 the weights hold only signs."""
    at_bound = [tf.reduce_sum(tf.cast(tf.abs(variable) >= clip * (1 - 1e-6), tf.float32))
                for variable in critic.trainable_variables]
    return tf.add_n(at_bound) / float(sum(variable.shape.num_elements() for variable in critic.trainable_variables))


PENALTIES: PartRegistry[type[Penalty]] = PartRegistry("penalty", {
    "none": NoPenalty,
    "clipping": Clipping,
    "gp": GradientPenalty,
    "gp_one_sided": OneSidedGradientPenalty,
    "r1": R1,
    "r1_r2": R1R2,
    "dragan": Dragan,
})
