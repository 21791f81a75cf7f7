"""What every data set is to the rest of the package: examples that can be looked up by their index.

Lookup by index is what lets the order of a training run be a stateless function of (seed, step): a resumed run asks
for the same indices as the run that was stopped, without replaying what came before.
"""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Protocol

import numpy as np
import tensorflow as tf

Example = dict[str, tf.Tensor]


class Source(Protocol):
    """Examples 0 .. size - 1 of one split of a data set.

    `spec` says what an example has, by name and without the axis of a batch. Reserved names: `image`, float32 [*shape]
    in [-1, 1], what is to be generated (points are "images" of shape (2,), in the data set's own units); `label`,
    int64 []; `attributes`, float32 [A], 0 or 1; `source`, an image of another domain; `embedding`, float32 [E].

    `examples(indices)` takes int64 [B] and returns a batch of them; it is traced into the input pipeline's graph.
    """

    name: str
    size: int
    shape: tuple[int, ...]  # of `image`
    num_classes: int  # 0 without labels
    spec: Mapping[str, tf.TensorSpec]

    def examples(self, indices: tf.Tensor) -> Example: ...


@dataclasses.dataclass(frozen=True)
class ArraySource:
    """A data set held decoded in memory: uint8 pixels 0 .. 255, or float32 values that are already scaled."""

    name: str
    images: np.ndarray
    labels: np.ndarray | None = None
    num_classes: int = 0

    @property
    def size(self) -> int:
        return len(self.images)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.images.shape[1:]

    @property
    def spec(self) -> dict[str, tf.TensorSpec]:
        spec = {"image": tf.TensorSpec(self.shape, tf.float32)}
        return spec if self.labels is None else spec | {"label": tf.TensorSpec([], tf.int64)}

    @functools.cached_property
    def _tensors(self) -> Example:
        # One copy outside every graph, rather than a constant inside each, and where tf.data runs.
        with tf.init_scope(), tf.device("CPU"):
            tensors = {"image": tf.constant(self.images)}
            if self.labels is not None:
                tensors["label"] = tf.constant(self.labels, tf.int64)
            return tensors

    def examples(self, indices: tf.Tensor) -> Example:
        example = {name: tf.gather(tensor, indices) for name, tensor in self._tensors.items()}
        if example["image"].dtype == tf.uint8:
            example["image"] = scale_pixels(example["image"])
        return example


def scale_pixels(pixels: tf.Tensor) -> tf.Tensor:
    """Pixels 0 .. 255 to float32 in [-1, 1]."""
    return tf.cast(pixels, tf.float32) / 127.5 - 1.0
