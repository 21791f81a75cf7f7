"""Data that a caller supplies: arrays, data sets of tf.data and sources, as the splits of a run."""

import os
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from wirgan_tf.data.arrays import check_images, check_scaled
from wirgan_tf.data.source import ArraySource, Source
from wirgan_tf.data.splits import Splits, divided

Images = np.ndarray | tf.Tensor | Sequence | tf.data.Dataset | Source
"""Images [N, H, W, C], uint8 or float32 in [-1, 1], or points, float32 [N, D]; or what holds them."""
_LOOKED_AT = 256  # examples of a source


def own_splits(name: str, images: Images, labels: np.ndarray | None = None, *, test_images: Images | None = None,
               test_labels: np.ndarray | None = None, class_names: Sequence[str] = (),
               validation_share: float = 0.0) -> Splits:
    """The splits of data that a caller supplies.

    Args:
      name: of the data.
      images: to train on.
      labels: int [N], for arrays; a data set or a source has its own.
      test_images: to report on; None: there is no test split.
      test_labels: int [M].
      class_names: of the labels' classes; by default their numbers.
      validation_share: share of the images that is held out, see `divided`.

    Raises: `ValueError` for values of another type or range, with what was found and how to fix it; and for labels
      given with data that has its own.
    """
    if test_images is None and test_labels is not None:
        raise ValueError("test_labels without test_images; give both, or neither")
    images, labels = _materialized(images, labels, "images")
    test_images, test_labels = _materialized(test_images, test_labels, "test_images")
    if not class_names:
        found = [np.max(values) for values in (labels, test_labels) if values is not None and np.size(values)]
        class_names = [str(number) for number in range(int(max(found)) + 1)] if found else []
    train = as_source(name, images, labels, class_names)
    test = None if test_images is None else as_source(name, test_images, test_labels, class_names)
    if test is not None and dict(test.spec) != dict(train.spec):
        raise ValueError(f"the test images are {_described(test)}, and the training images {_described(train)}: "
                         "expected the same; a model with labels needs test_labels too")
    identity = {"train": train.identity} | ({} if test is None else {"test": test.identity})
    return Splits(*divided(train, validation_share), test, identity)


def as_source(name: str, images: np.ndarray | tf.Tensor | Sequence | Source, labels: np.ndarray | None = None,
              class_names: Sequence[str] = ()) -> Source:
    """`images` as a source; if they are one already, it is checked. Raises: as `own_splits`."""
    if isinstance(images, np.ndarray | tf.Tensor | list | tuple):
        names, images = tuple(class_names) if labels is not None else (), np.asarray(images)
        if not images.size:
            raise ValueError(f"images have shape {list(images.shape)}: there is none to train on")
        return ArraySource(name, images, labels, class_names=names)
    if isinstance(images, str | os.PathLike):
        raise ValueError(f"images={str(images)!r}: expected an array, a tf.data.Dataset or a Source; for pictures in a "
                         "folder leave images out, and give Config(dataset='image_folder', data_dir=...)")
    if not all(hasattr(images, name) for name in ("examples", "size", "spec", "name")):
        raise ValueError(f"images are of the type {type(images).__name__}: expected an array, a tf.data.Dataset or a "
                         "Source")
    if labels is not None:
        raise ValueError("labels were given along with a source, which has its own; leave them out")
    if images.size < 1:
        raise ValueError(f"the source {images.name!r} is empty")
    found = np.asarray(images.examples(tf.range(min(images.size, _LOOKED_AT), dtype=tf.int64))["image"])
    check_scaled(found, images.name)
    check_images(found)
    return images


def _materialized(images, labels: np.ndarray | None, name: str) -> tuple:
    """Images and labels, those of a data set of tf.data as arrays; all else as it is."""
    if not isinstance(images, tf.data.Dataset):
        return images, labels
    if labels is not None:
        raise ValueError(f"labels were given along with {name}, a tf.data.Dataset: its elements must have them, as "
                         "pairs (image, label)")
    size = int(images.cardinality())
    if size < 0:
        kind = "endless; take(N)" if size == tf.data.INFINITE_CARDINALITY else (
            "not known; apply(tf.data.experimental.assert_cardinality(N))")
        raise ValueError(f"{name} is a tf.data.Dataset whose size is {kind} gives it one")
    image = _image_and_label(images.element_spec, name)[0]
    of_rows = image.shape.rank == 2 and (image.shape[0] is not None or image.shape[1] is None)
    if of_rows or (image.shape.rank == 3 and image.shape[0] is None and image.shape[1] is not None):
        raise ValueError(f"{name} is a tf.data.Dataset of elements of shape {image.shape.as_list()}: of pictures, give "
                         "each a channel, [H, W, 1]; of points, leave out batch(), or its drop_remainder")
    if image.shape.rank in (2, 4):  # of batches
        images = images.unbatch()
    elements = [_image_and_label(element, name) for element in images.as_numpy_iterator()]
    pictures = np.stack([image for image, _ in elements]) if elements else np.empty((0, *image.shape[1:]))
    has_labels = bool(elements) and elements[0][1] is not None
    return pictures, np.array([label for _, label in elements]) if has_labels else None


def _image_and_label(element, name: str) -> tuple:
    """Image and label of an element of a data set: {"image": ..., "label": ...}, (image, label) or image."""
    if isinstance(element, dict) and "image" in element:
        return element["image"], element.get("label")
    if isinstance(element, tuple) and len(element) == 2:
        return element
    if isinstance(element, np.ndarray | tf.TensorSpec):
        return element, None
    raise ValueError(f"{name} is a tf.data.Dataset of {element}: expected images, pairs (image, label), or "
                     "dictionaries of image and label")


def _described(source: Source) -> str:
    return ", ".join(f"{name} {list(entry.shape)}" + (f" of {len(entry.names)} classes" if entry.names else "")
                     for name, entry in source.spec.items())
