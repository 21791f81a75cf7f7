"""What every data set is to the rest of the package: examples that can be looked up by their index.

Lookup by index is what lets the order of a training run be a stateless function of (seed, step): a resumed run asks
for the same indices as the run that was stopped, without replaying what came before.
"""

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import tensorflow as tf

from wirgan_tf.data.identity import Origin, identity_of_arrays, index_keys

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

    @property
    def identity(self) -> str:
        """sha256, in hexadecimal, of what the examples are: the same for the same data at another place."""

    def example_keys(self) -> Sequence[bytes]:
        """A stable key of each example, cheap to get: it stays when other examples are added or taken away."""

    def examples(self, indices: tf.Tensor) -> Example: ...


@dataclasses.dataclass(frozen=True)
class ArraySource:
    """A data set held decoded in memory: uint8 pixels 0 .. 255, or float32 values that are already scaled.

    `origin` says what the arrays were made from, if decoding or arithmetic may differ a little elsewhere; without it
    the arrays themselves are the identity, and indices the keys.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray | None = None
    num_classes: int = 0
    origin: Origin | None = dataclasses.field(default=None, kw_only=True)

    @functools.cached_property
    def identity(self) -> str:
        return self.origin.identity if self.origin else identity_of_arrays(self.images, self.labels)

    def example_keys(self) -> Sequence[bytes]:
        return self.origin.keys if self.origin else index_keys(self.size)

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
