"""f-divergences between real and generated images (Nowozin et al. 2016)."""

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from wirgan_tf.objectives.objective import Objective, Scores
from wirgan_tf.parts import setting
from wirgan_tf.registry import Registry


class Divergence(NamedTuple):
    """D_f by its variational bound: what a score v becomes in either term of the bound.

    activation: g(v), with values in the domain of f's conjugate f*; it rises with v.
    conjugate: f*(g(v)), simplified so that nothing overflows unless the divergence itself is large.
    """

    activation: Callable[[tf.Tensor], tf.Tensor]
    conjugate: Callable[[tf.Tensor], tf.Tensor]
    even: float = 0.0
    """The score of an image that is real or generated with equal probability: g(v) = f'(1)."""


LOG_2 = 0.6931471805599453

# Tables 2 and 6 of Nowozin et al.; f* above each.
DIVERGENCES: Registry[Divergence] = Registry("divergence", {
    # exp(t - 1)
    "kl": Divergence(lambda v: v, lambda v: tf.exp(v - 1.0), even=1.0),
    # -1 - log(-t)
    "reverse_kl": Divergence(lambda v: -tf.exp(-v), lambda v: v - 1.0),
    # t^2 / 4 + t
    "pearson": Divergence(lambda v: v, lambda v: tf.square(v) / 4.0 + v),
    # t / (1 - t)
    "squared_hellinger": Divergence(lambda v: 1.0 - tf.exp(-v), tf.math.expm1),
    # -log(2 - exp(t))
    "jensen_shannon": Divergence(lambda v: LOG_2 - tf.nn.softplus(-v), lambda v: tf.nn.softplus(v) - LOG_2),
    # -log(1 - exp(t))
    "gan": Divergence(lambda v: -tf.nn.softplus(-v), tf.nn.softplus),
})


@dataclasses.dataclass(frozen=True)
class FDivergence(Objective):
    """The critic tightens the bound E[g(s)] - E[f*(g(r))] on D_f(real || generated), and the generator lowers it.

    The losses of "kl", "reverse_kl" and "squared_hellinger" grow with exp(|score|).
    """

    divergence: str = setting("jensen_shannon", "the f-divergence", choices=tuple(DIVERGENCES))

    @property
    def decision_threshold(self) -> float:
        """The score of an image that is real or generated with equal probability."""
        return DIVERGENCES[self.divergence].even

    def critic_loss(self, scores: Scores) -> tf.Tensor:
        """-(E[g(s)] - E[f*(g(r))])"""
        f = DIVERGENCES[self.divergence]
        return tf.reduce_mean(f.conjugate(scores.fake)) - tf.reduce_mean(f.activation(scores.real))

    def generator_loss(self, scores: Scores) -> tf.Tensor:
        """-E[f*(g(r))]"""
        return -tf.reduce_mean(DIVERGENCES[self.divergence].conjugate(scores.fake))
