"""Features of a data set's real images, computed once for each (data set, split, n, resize rule, feature network)."""

import hashlib
import pathlib
import re
import zipfile
from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from wirgan_tf.data import Source
from wirgan_tf.data.pipeline import shuffled_indices
from wirgan_tf.data.splits import Subset
from wirgan_tf.evaluation import files
from wirgan_tf.evaluation.features import Activations, FeatureNetwork, extract
from wirgan_tf.files import expanded, optional_cache

BATCH = 100
_ORDER = 0  # seed of the subset: a split's own order is often sorted, by class or by difficulty


def real_activations(network: FeatureNetwork, source: Source, split: str, count: int | None = None, *,
                     cache: str | pathlib.Path | None = files.CACHE / "features") -> Activations:
    """The outputs of `network` for `count` examples of `source`: always the same ones, in shuffled order.

    Args:
      network: the feature network.
      source: images [H, W, C] in [-1, 1].
      split: which split `source` is, for the cache.
      count: examples, all by default.
      cache: folder of earlier results; if it cannot be written, nothing is cached. None for no cache.

    Raises: `ValueError` for more examples than there are, or examples that are no images.
    """
    count = source.size if count is None else count
    if not 1 <= count <= source.size:
        raise ValueError(f"{count} real images were asked for; the {split} split of {source.name!r} has {source.size}")
    indices = _some_indices(source, 0, count)
    if cache is None:
        return extract(network, _images(source, indices))
    name = _file_name(network, source, split, count)
    try:
        arrays = files.load_arrays(expanded(cache) / name)
        return Activations(arrays.get("logits"), arrays["features"])
    except (OSError, zipfile.BadZipFile, EOFError, KeyError, ValueError):  # absent, unreadable, or damaged
        activations = extract(network, _images(source, indices))
    with optional_cache(pathlib.Path(cache)):
        files.save_arrays(expanded(cache) / name,
                          {key: value for key, value in activations._asdict().items() if value is not None})
    return activations


def some_real_examples(source: Source, count: int, first: int = 0) -> Iterator[dict[str, np.ndarray]]:
    """The examples whose images `some_real_images` yields, in batches [B, ...] by entry."""
    indices = _some_indices(source, first, count)
    for start in range(0, len(indices), BATCH):
        yield {name: value.numpy() for name, value in source.examples(indices[start:start + BATCH]).items()}


def labels_in_order(source: Source) -> np.ndarray:
    """The labels of all examples, int64 [size], in the order of `real_activations`."""
    return np.concatenate([batch["label"] for batch in some_real_examples(source, source.size)])


def class_by_class(source: Source, most: int) -> tuple[Subset, np.ndarray]:
    """At most `most` examples of each class, always the same ones.

    Returns: the examples, sorted by class, and their labels int64 [size].
    """
    indices, labels = _some_indices(source, 0, source.size).numpy(), labels_in_order(source)
    chosen = np.concatenate([np.flatnonzero(labels == number)[:most] for number in np.unique(labels)])
    return Subset(source, indices[chosen]), labels[chosen]


def some_real_images(source: Source, count: int, first: int = 0) -> Iterator[np.ndarray]:
    """`count` images from index `first` on, in the order of `real_activations`, in batches [B, H, W, C]."""
    return _images(source, _some_indices(source, first, count))


def _some_indices(source: Source, first: int, count: int) -> tf.Tensor:
    return shuffled_indices(tf.range(first, first + count, dtype=tf.int64), source.size, _ORDER)


def _images(source: Source, indices: tf.Tensor) -> Iterator[np.ndarray]:
    for start in range(0, len(indices), BATCH):
        yield source.examples(indices[start:start + BATCH])["image"].numpy()


def _file_name(network: FeatureNetwork, source: Source, split: str, count: int) -> str:
    """Includes the images' identity: a folder of images keeps its name when its content changes."""
    digest = hashlib.sha256(f"{source.identity} {network.hash}".encode()).hexdigest()[:32]
    readable = f"{source.name}_{split}_{count}_{network.name}_{network.resize}"
    return f"{re.sub(r'[^A-Za-z0-9_]+', '-', readable)}_{digest}.npz"
