"""Sampling: images and drawing processes, each a function of its own seed."""

import functools

import numpy as np
import tensorflow as tf

from wirgan_tf.noise import row_latents

ROWS = 64  # of every call; equal shapes for equal sums, whatever the number of images asked for, also in exports


class Sampler:
    """Draws from a generator at inference, in calls of one fixed shape.

    Args:
      generator: with `generate`, `refine`, `time_steps` and `latent`.
      noise: distribution of z.
    """

    def __init__(self, generator, noise: str):
        self._generator = generator
        self._noise = noise

    def images(self, seeds: np.ndarray) -> np.ndarray:
        """Images float32 [N, *shape] in [-1, 1] for int64 seeds [N]."""
        return self._in_calls(self._generate, seeds, axis=0)

    def canvases(self, seeds: np.ndarray) -> np.ndarray:
        """The images as they stand after each time step, float32 [T, N, *shape], for int64 seeds [N]."""
        return self._in_calls(self._refine, seeds, axis=1)

    def _in_calls(self, draw, seeds, axis: int) -> np.ndarray:
        seeds = np.asarray(seeds, np.int64)
        if seeds.ndim != 1 or not len(seeds):
            raise ValueError(f"seeds have shape {seeds.shape}; expected [N] with N of at least 1")
        padded = np.pad(seeds, (0, -len(seeds) % ROWS), mode="edge")
        parts = [draw(tf.constant(part)).numpy() for part in padded.reshape(-1, ROWS)]
        return np.concatenate(parts, axis).take(range(len(seeds)), axis)

    @functools.cached_property
    def _generate(self):
        return tf.function(lambda seeds: self._generator.generate(self._z(seeds)))

    @functools.cached_property
    def _refine(self):
        return tf.function(lambda seeds: self._generator.refine(self._z(seeds)))

    def _z(self, seeds: tf.Tensor) -> tf.Tensor:
        return row_latents(seeds, self._generator.time_steps, self._generator.latent, self._noise)


def row_seeds(seed: int, count: int) -> np.ndarray:
    """The seeds of `count` images asked for with one seed: seed, seed + 1, ..., int64 [count]."""
    return np.arange(count, dtype=np.int64) + seed
