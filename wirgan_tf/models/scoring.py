"""Scoring: what a critic says of images at inference."""

import functools

import numpy as np
import tensorflow as tf

_ROWS = 64  # of a call


class Scorer:
    """A critic at inference, in calls of one fixed shape: images [N, *shape] -> scores float32 [N]."""

    def __init__(self, critic):
        self._critic = critic

    def __call__(self, images: np.ndarray) -> np.ndarray:
        missing = -len(images) % _ROWS
        padded = np.concatenate([images, np.repeat(images[-1:], missing, axis=0)]) if missing else images
        parts = [self._score(tf.constant(padded[start:start + _ROWS])) for start in range(0, len(padded), _ROWS)]
        return np.concatenate(parts)[:len(images)]

    @functools.cached_property
    def _score(self):
        return tf.function(lambda images: self._critic(images, training=False))
