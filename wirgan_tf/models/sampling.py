"""Sampling: images and drawing processes, each a function of its own seed.

The rows of a call are drawn together. Their float32 sums are added up in an order that changes with the number of rows
and of threads, which moves the images of a trained generator by up to 2e-5; the same call gives the same bits.
"""

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
        generator = self._generator

        @tf.function(input_signature=[tf.TensorSpec([None], tf.int64)])
        def draw(seeds):
            z = row_latents(seeds, generator.time_steps, generator.latent, self._noise)
            return rows_first(generator.refine(z))

        return draw


def rows_first(canvases: tf.Tensor) -> tf.Tensor:
    """[T, B, *shape] -> [B, T, *shape]."""
    return tf.transpose(canvases, [1, 0, *range(2, canvases.shape.rank)])


def in_calls(draw: Callable[[tf.Tensor], tf.Tensor], seeds: np.ndarray) -> np.ndarray:
    """`draw` of int64 seeds [N], a part of them at a time, put together along the first axis."""
    seeds = np.asarray(seeds, np.int64)
    if seeds.ndim != 1 or not len(seeds):
        raise ValueError(f"seeds have shape {seeds.shape}; expected [N] with N of at least 1")
    return np.concatenate([draw(tf.constant(seeds[first:first + _ROWS])) for first in range(0, len(seeds), _ROWS)])


def row_seeds(seed: int, count: int) -> np.ndarray:
    """The seeds of `count` images asked for with one seed: seed, seed + 1, ..., int64 [count]."""
    return np.arange(count, dtype=np.int64) + seed
