"""Scoring at inference: how a critic scores images, and how well a model translates them back."""

import functools
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from wirgan_tf.models.model import Model
from wirgan_tf.models.sampling import Conditions, check_conditions, rows_of
from wirgan_tf.models.translation import TranslationModel
from wirgan_tf.objectives import image_scores

_ROWS = 64  # in a call


class Scorer:
    """A model's critic at inference, in calls of one fixed shape: images [N, *shape] -> scores float32 [N].

    When the critic scores patches, an image's score is the mean over its patches.
    """

    def __init__(self, model: Model):
        self._model = model

    def __call__(self, images: np.ndarray, conditions: Conditions | None = None) -> np.ndarray:
        """Scores of images in [-1, 1] under conditions [N, ...]; `ValueError` for no images, or other conditions."""
        if not len(images):
            raise ValueError(f"there are no images to score: their shape is {np.shape(images)}")
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
        """Scores under those of `entries` that the critic depends on; the batch may have others too."""
        return self(images, {name: entries[name] for name in self._model.judged_conditions})

    @functools.cached_property
    def _score(self):
        names = tuple(rows_of(self._model.judged_conditions))

        def score(batch: Mapping[str, tf.Tensor]) -> tf.Tensor:
            return image_scores(self._model.critic.given({name: batch[name] for name in names})(batch["image"]))

        return tf.function(score, autograph=False)


class CycleError:
    """How far images are from themselves after they were translated and translated back: float32 [N].

    Mean absolute differences of values in [-1, 1]. A model with two directions translates back in the second; a model
    of attributes translates back to those that the image had.
    """

    def __init__(self, model: TranslationModel):
        self._model = model

    def __call__(self, images: np.ndarray, conditions: Conditions, of_examples: Conditions) -> np.ndarray:
        """Errors of translations [N, H, W, C'] of `source` in `conditions`; `of_examples` has `attributes`, or none."""
        model = self._model
        own = {"attributes": of_examples["attributes"]} if "attributes" in model.data_conditions else {}
        rows = {"images": images, "source": conditions["source"], **own}
        parts = [self._errors({name: tf.constant(values[start:start + _ROWS]) for name, values in rows.items()})
                 for start in range(0, len(images), _ROWS)]
        return np.concatenate(parts)

    @functools.cached_property
    def _errors(self):
        def errors(batch: Mapping[str, tf.Tensor]) -> tf.Tensor:
            direction = self._model.directions[1] if self._model.directions else ""
            back = self._model.translate(batch["images"], batch.get("attributes"), direction)
            return tf.reduce_mean(tf.abs(back - batch["source"]), axis=[1, 2, 3])

        return tf.function(errors, autograph=False)
