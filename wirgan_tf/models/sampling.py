"""Sampling: images and drawing processes, each a function of its own seed."""

import functools
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from wirgan_tf.noise import row_latents

_ROWS = 64  # of a call


class Sampler:
    """Draws from a generator at inference.

    Args:
      generator: with `refine`, `time_steps` and `latent`.
      noise: distribution of z.
    """

    def __init__(self, generator, noise: str):
        self._generator = generator
        self._noise = noise

    def images(self, seeds: np.ndarray) -> np.ndarray:
        """Images float32 [N, *shape] in [-1, 1] for int64 seeds [N]."""
        return in_calls(lambda part: self._draw(part)[:, -1], seeds)

    def canvases(self, seeds: np.ndarray) -> np.ndarray:
        """The images as they stand after each time step, float32 [T, N, *shape], for int64 seeds [N]."""
        return in_calls(self._draw, seeds).swapaxes(0, 1)

    @functools.cached_property
    def _draw(self):
        refine_rows, generator = row_by_row(self._generator), self._generator

        @tf.function(input_signature=[tf.TensorSpec([None], tf.int64)])
        def draw(seeds):
            return refine_rows(row_latents(seeds, generator.time_steps, generator.latent, self._noise))

        return draw


def row_by_row(generator) -> Callable[[tf.Tensor], tf.Tensor]:
    """The drawing process of z [T, B, latent], [B, T, *shape], in which no row's bits depend on the others.

    Each row is drawn as a batch of one. The sums of a larger batch are added up in an order that changes with its size
    and with the row's place in it, which moves the image of a trained generator by up to 2e-5. On a CPU a batch of 64
    takes 1 to 3 times as long row by row, a batch of one no longer.
    """
    @tf.function(input_signature=[tf.TensorSpec([generator.time_steps, generator.latent])])
    def refine(z):
        return generator.refine(z[:, tf.newaxis])[:, 0]

    return lambda z: tf.map_fn(refine, tf.transpose(z, [1, 0, 2]))


def in_calls(draw: Callable[[tf.Tensor], tf.Tensor], seeds: np.ndarray) -> np.ndarray:
    """`draw` of int64 seeds [N], a part of them at a time, put together along the first axis."""
    seeds = np.asarray(seeds, np.int64)
    if seeds.ndim != 1 or not len(seeds):
        raise ValueError(f"seeds have shape {seeds.shape}; expected [N] with N of at least 1")
    return np.concatenate([draw(tf.constant(seeds[first:first + _ROWS])) for first in range(0, len(seeds), _ROWS)])


def row_seeds(seed: int, count: int) -> np.ndarray:
    """The seeds of `count` images asked for with one seed: seed, seed + 1, ..., int64 [count]."""
    return np.arange(count, dtype=np.int64) + seed
