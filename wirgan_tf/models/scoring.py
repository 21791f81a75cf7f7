"""Scoring: what a critic says of images at inference."""

import functools
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from wirgan_tf.models.model import Model
from wirgan_tf.models.sampling import Conditions, check_conditions, rows_of

_ROWS = 64  # of a call


class Scorer:
    """A model's critic at inference, in calls of one fixed shape: images [N, *shape] -> scores float32 [N].

    Of a critic that scores patches, an image's score is their mean.
    """

    def __init__(self, model: Model):
        self._model = model

    def __call__(self, images: np.ndarray, conditions: Conditions | None = None) -> np.ndarray:
        expected = self._model.judged_conditions
        conditions = check_conditions(conditions or {}, expected, len(images))
        batch = {"image": images, **conditions}
        missing = -len(images) % _ROWS
        if missing:
            batch = {name: np.concatenate([rows, np.repeat(rows[-1:], missing, axis=0)])
                     for name, rows in batch.items()}
        parts = [self._score({name: tf.constant(rows[start:start + _ROWS]) for name, rows in batch.items()})
                 for start in range(0, len(images), _ROWS)]
        return np.concatenate(parts)[:len(images)]

    def among(self, images: np.ndarray, entries: Conditions) -> np.ndarray:
        """Scores by those of `entries` that the critic depends on, of a batch that may have others too."""
        return self(images, {name: entries[name] for name in self._model.judged_conditions})

    @functools.cached_property
    def _score(self):
        names = tuple(rows_of(self._model.judged_conditions))

        def score(batch: Mapping[str, tf.Tensor]) -> tf.Tensor:
            scores = self._model.critic.given({name: batch[name] for name in names})(batch["image"])
            return scores if scores.shape.rank == 1 else tf.reduce_mean(scores, axis=1)

        return tf.function(score, autograph=False)
