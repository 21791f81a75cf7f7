"""Conditions of samples when nobody chose any: those of examples of a data set, or labels as frequent as its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import tensorflow as tf

from wirgan_tf.data.jitter import Jittered
from wirgan_tf.data.pipeline import shuffled_indices
from wirgan_tf.data.source import Example, Source
from wirgan_tf.data.splits import Subset
from wirgan_tf.data.unpaired import source_count
from wirgan_tf.entries import Entry, Spec

_ORDER = 0  # seed of the examples' one order, in which consecutive seeds of samples go through all examples


def conditions_of(source: Source, conditions: Iterable[str] | Spec) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
    """Seeds int64 [N] -> conditions of the examples at these places of one shuffled order, which is repeated.

    As many consecutive seeds as there are examples meet each example once. For unpaired images, the examples are those
    that are translated.

    Args:
      source: of the examples.
      conditions: names of entries; or conditions by name with their `Entry`, which may be another entry of the example,
        or one of the example at the next place.
    """
    wanted, count = _wanted(conditions), source_count(source)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int64)])  # a graph, which leaves out decoding the images
    def entries(places: tf.Tensor) -> Example:
        batches = {of_next: source.examples(shuffled_indices((places + int(of_next)) % count, count, _ORDER))
                   for of_next in {entry.of_next for entry in wanted.values()}}
        return {name: batches[entry.of_next][entry.entry or name] for name, entry in wanted.items()}

    def choose(seeds: np.ndarray) -> dict[str, np.ndarray]:
        if not wanted:
            return {}
        return {name: values.numpy() for name, values in entries(tf.constant(np.asarray(seeds, np.int64))).items()}

    return choose


def lacking(source: Source, conditions: Iterable[str] | Spec) -> list[str]:
    """The entries that `conditions_of` would need and `source` does not have."""
    needed = [entry.entry or name for name, entry in _wanted(conditions).items()]
    return [name for name in needed if name not in source.spec]


def _wanted(conditions: Iterable[str] | Spec) -> dict[str, Entry]:
    return dict(conditions) if isinstance(conditions, Mapping) else {name: Entry(()) for name in conditions}


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
    """Seeds int64 [N] -> `label`, int64 [N]: each class as often as in the data, among as many consecutive seeds.

    Args:
      frequencies: how many examples there are of each class.
    """
    ends = np.cumsum(frequencies)

    def conditions(seeds: np.ndarray) -> dict[str, np.ndarray]:
        places = shuffled_indices(tf.constant(np.asarray(seeds, np.int64) % ends[-1]), int(ends[-1]), _ORDER)
        return {"label": np.searchsorted(ends, places.numpy(), side="right")}

    return conditions
