"""The conditions of samples that nobody chose: those of examples of a data set, or labels as frequent as its own."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import tensorflow as tf

from wirgan_tf.data.jitter import Jittered
from wirgan_tf.data.pipeline import shuffled_indices
from wirgan_tf.data.source import Example, Source
from wirgan_tf.data.splits import Subset

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


def label_frequencies(source: Source) -> list[int] | None:
    """How many examples there are of each class; None without labels, or when only reading every example would tell."""
    indices: slice | np.ndarray = slice(None)
    if isinstance(source, Subset):
        source, indices = source.whole, source.indices
    if isinstance(source, Jittered):
        source = source.whole
    labels = getattr(source, "labels", None)
    if labels is None or "label" not in source.spec:
        return None
    return np.bincount(np.asarray(labels)[indices], minlength=len(source.spec["label"].names)).tolist()


def labels_as_frequent(frequencies: Sequence[int]) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
    """Seeds int64 [N] -> `label`, int64 [N]: as many of each class as in the data among as many consecutive seeds.

    Args:
      frequencies: how many examples there are of each class.
    """
    ends = np.cumsum(frequencies)

    def conditions(seeds: np.ndarray) -> dict[str, np.ndarray]:
        places = shuffled_indices(tf.constant(np.asarray(seeds, np.int64)), int(ends[-1]), _ORDER)
        return {"label": np.searchsorted(ends, places.numpy(), side="right")}

    return conditions
