"""Pairs of images, as Pix2Pix is trained on (Isola et al. 2017): held as one image that has the channels of both."""

import dataclasses

import tensorflow as tf

from wirgan_tf.data.source import Derived, Example
from wirgan_tf.entries import Entry, Spec


@dataclasses.dataclass(frozen=True, eq=False)
class Paired(Derived):
    """Examples with a `source` and the `image` that it is to become.

    Args:
      whole: examples whose images have the channels of `source`, then those of `image`: whatever is drawn for such an
        image, such as a crop, is drawn once for both.
      source_channels: how many channels are those of `source`.
    """

    source_channels: int

    @property
    def shape(self) -> tuple[int, ...]:
        height, width, channels = self.whole.shape
        return (height, width, channels - self.source_channels)

    @property
    def spec(self) -> Spec:
        source = Entry((*self.shape[:2], self.source_channels))
        return {**self.whole.spec, "image": Entry(self.shape), "source": source}

    def examples(self, indices: tf.Tensor, seeds: tf.Tensor | None = None) -> Example:
        example = self.whole.examples(indices, seeds)
        both = example["image"]
        return {**example, "source": both[..., :self.source_channels], "image": both[..., self.source_channels:]}
