"""What every data set is to the rest of the package: examples that can be looked up by their index.

Lookup by index is what lets the order of a training run be a stateless function of (seed, step): a resumed run asks
for the same indices as the run that was stopped, without replaying what came before.
"""

import dataclasses
import functools
from collections.abc import Hashable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import tensorflow as tf

from wirgan_tf.data.arrays import check_attributes, check_images, check_labels, check_source
from wirgan_tf.data.identity import Origin, identity_of_arrays, index_keys
from wirgan_tf.entries import Entry, Spec

Example = dict[str, tf.Tensor]


class Source(Protocol):
    """Examples 0 .. size - 1 of one split of a data set.

    `spec` says what an example has, by name. Reserved names: `image`, float32 [*shape]
    in [-1, 1], what is to be generated (points are "images" of shape (2,), in the data set's own units); `label`,
    int64 [], of `image`; `attributes`, float32 [A], 0 or 1; `embedding`, float32 [E].

    In translation, `source`, float32 [H, W, Cs] in [-1, 1], is the image that is translated. `image` is its own
    translation, or an unrelated image of the other domain where `spec["source"].unpaired`. Unpaired sets may have
    `source_label`, the label of `source`, and `partner`, its true translation where that is known, to measure by.

    `examples(indices, seeds)` takes int64 [B] and returns a batch of examples; it is traced into the input pipeline's
    graph. `seeds`, int64 [B], are those of the random choices of training, such as crops (see `data.choices`). Without
    them, as in measuring, examples are always the same.
    """

    name: str
    size: int
    shape: tuple[int, ...]  # of `image`
    num_classes: int  # 0 without labels
    spec: Spec

    @property
    def identity(self) -> str:
        """sha256, in hexadecimal, of what the examples are: the same for the same data in another place."""

    def example_keys(self) -> Sequence[bytes]:
        """A stable key of each example, cheap to get: it stays when other examples are added or taken away."""

    def examples(self, indices: tf.Tensor, seeds: tf.Tensor | None = None) -> Example: ...


@runtime_checkable
class WithCopies(Protocol):
    """A source that knows which of its examples are copies of one another."""

    def example_contents(self) -> Sequence[Hashable]:
        """What each example is made from: copies have equal ones."""


def contents_of(source: Source) -> Sequence[Hashable]:
    """What each example is made from; its key where the source does not know of copies."""
    return source.example_contents() if isinstance(source, WithCopies) else source.example_keys()


@dataclasses.dataclass(frozen=True)
class ArraySource:
    """A data set held decoded in memory: uint8 pixels 0 .. 255, or float32 values that are already scaled.

    Args:
      name: of the data set.
      images: [N, height, width, channels], uint8, or float32 in [-1, 1]; or points, float32 [N, D] in any units.
      labels: int [N], in 0 .. num_classes - 1. A class may have no images.
      num_classes: how many there are, by default as many as `class_names`; 0 without labels.
      class_names: of the classes; by default their numbers.
      class_qualities: the qualities of which classes are combinations, as in an `Entry`.
      attributes: [N, A], 0 or 1, called `attribute_names`.
      attribute_groups: names of attributes of which an image has only one.
      source: [N, height, width, channels] like `images`, which are its translations.
      origin: what the arrays were made from, if decoding or arithmetic may differ a little elsewhere; without it the
        arrays themselves are the identity, and indices the keys.

    Raises: `ValueError` for other arrays, with what was found and how to fix it. Images with an `origin` are not
      checked: the code that decodes them knows their range.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray | None = None
    num_classes: int = 0
    _: dataclasses.KW_ONLY
    class_names: tuple[str, ...] = ()
    class_qualities: tuple[tuple[str, tuple[str, ...]], ...] = ()
    attributes: np.ndarray | None = None
    attribute_names: tuple[str, ...] = ()
    attribute_groups: tuple[tuple[str, ...], ...] = ()
    source: np.ndarray | None = None
    origin: Origin | None = None

    def __post_init__(self):
        for name in ("images", "labels", "attributes", "source"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, np.asarray(getattr(self, name)))
        object.__setattr__(self, "num_classes", self.num_classes or len(self.class_names))
        if self.origin is None:
            check_images(self.images)
            if self.source is not None:
                check_source(self.source, self.size)
        if self.labels is not None:
            check_labels(self.labels, self.size, self.class_names, self.num_classes)
        elif self.num_classes:
            raise ValueError(f"num_classes={self.num_classes} without labels; give the labels, or leave it out")
        if self.attributes is not None:
            check_attributes(self.attributes, self.size, self.attribute_names)
        elif self.attribute_names:
            raise ValueError("attribute_names without attributes; give the attributes, or leave them out")

    @functools.cached_property
    def identity(self) -> str:
        if self.origin:
            return self.origin.identity
        return identity_of_arrays(self.images, self.labels, self.attributes, self.source)

    def example_keys(self) -> Sequence[bytes]:
        return self.origin.keys if self.origin else index_keys(self.size)

    def example_contents(self) -> Sequence[Hashable]:
        return (self.origin and self.origin.contents) or self.example_keys()

    @property
    def size(self) -> int:
        return len(self.images)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.images.shape[1:]

    @property
    def spec(self) -> dict[str, Entry]:
        spec = {"image": Entry(self.shape)}
        if self.labels is not None:
            names = self.class_names or [str(number) for number in range(self.num_classes)]
            spec["label"] = Entry((), tf.int64, tuple(names), qualities=self.class_qualities)
        if self.attributes is not None:
            spec["attributes"] = Entry((len(self.attribute_names),), tf.float32, tuple(self.attribute_names),
                                       self.attribute_groups)
        if self.source is not None:
            spec["source"] = Entry(self.source.shape[1:])
        return spec

    @functools.cached_property
    def _tensors(self) -> Example:
        # One copy outside every graph, rather than a constant inside each, and where tf.data runs.
        with tf.init_scope(), tf.device("CPU"):
            tensors = {"image": tf.constant(self.images)}
            if self.labels is not None:
                tensors["label"] = tf.constant(self.labels, tf.int64)
            if self.attributes is not None:
                tensors["attributes"] = tf.constant(self.attributes, tf.float32)
            if self.source is not None:
                tensors["source"] = tf.constant(self.source)
            return tensors

    def examples(self, indices: tf.Tensor, seeds: tf.Tensor | None = None) -> Example:
        del seeds
        example = {name: tf.gather(tensor, indices) for name, tensor in self._tensors.items()}
        return {name: scale_pixels(value) if value.dtype.is_unsigned else value for name, value in example.items()}


@dataclasses.dataclass(frozen=True, eq=False)
class Derived:
    """Examples made from those of another source: what a subclass does not define is as in that source.

    Args:
      whole: the other source.
    """

    whole: Source

    @property
    def name(self) -> str:
        return self.whole.name

    @property
    def size(self) -> int:
        return self.whole.size

    @property
    def shape(self) -> tuple[int, ...]:
        return self.whole.shape

    @property
    def num_classes(self) -> int:
        return self.whole.num_classes

    @property
    def spec(self) -> Spec:
        return self.whole.spec

    @property
    def identity(self) -> str:
        return self.whole.identity

    def example_keys(self) -> Sequence[bytes]:
        return self.whole.example_keys()

    def example_contents(self) -> Sequence[Hashable]:
        return contents_of(self.whole)


def scale_pixels(pixels: tf.Tensor) -> tf.Tensor:
    """Pixels of unsigned integers, 0 to the largest of their type, to float32 in [-1, 1]."""
    return tf.cast(pixels, tf.float32) / (pixels.dtype.max / 2) - 1.0
