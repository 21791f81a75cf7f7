"""The conditions of samples that nobody chose: those of examples of a data set."""

from collections.abc import Callable, Iterable

import numpy as np
import tensorflow as tf

from wirgan_tf.data.pipeline import shuffled_indices
from wirgan_tf.data.source import Example, Source

_ORDER = 0  # seed of the examples' order: consecutive seeds of samples meet every example once


def conditions_of(source: Source, names: Iterable[str]) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
    """Seeds int64 [N] -> the entries `names` of the examples that stand at these places of a fixed shuffled order."""
    names = tuple(names)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int64)])  # a graph, which leaves out decoding the images
    def entries(places: tf.Tensor) -> Example:
        batch = source.examples(shuffled_indices(places, source.size, _ORDER))
        return {name: batch[name] for name in names}

    def conditions(seeds: np.ndarray) -> dict[str, np.ndarray]:
        if not names:
            return {}
        return {name: values.numpy() for name, values in entries(tf.constant(np.asarray(seeds, np.int64))).items()}

    return conditions
