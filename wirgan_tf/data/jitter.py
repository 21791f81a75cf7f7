"""Random crops and mirror images in training (Isola et al. 2017, section 6.2): one draw for all channels."""

import dataclasses

import tensorflow as tf

from wirgan_tf.data.choices import Choice, whole_numbers
from wirgan_tf.data.dataset import ResizedDataSet
from wirgan_tf.data.picture_files import Pictures
from wirgan_tf.data.source import Derived, Example, Source
from wirgan_tf.parts import setting

_DEFAULT_SIZE = 256


@dataclasses.dataclass(frozen=True, eq=False)
class Jittered(Derived):
    """Examples whose `image` is cropped at random and, half of the time, mirrored.

    Without random choices, as in measuring, examples are those of `whole`.

    Args:
      whole: the examples, their images as a model takes them, [size, size, C].
      larger: the same examples in the same order, their images at least as large: what crops are taken from.
      flip: whether images are mirrored.
    """

    larger: Source
    flip: bool

    def examples(self, indices: tf.Tensor, seeds: tf.Tensor | None = None) -> Example:
        if seeds is None:
            return self.whole.examples(indices)
        example = self.larger.examples(indices, seeds)
        return {**example, "image": self._jittered(example["image"], seeds)}

    def _jittered(self, images: tf.Tensor, seeds: tf.Tensor) -> tf.Tensor:
        """Images [B, S, S, C] -> [B, size, size, C]."""
        size, room = self.shape[0], self.larger.shape[0] - self.shape[0] + 1
        places = tf.range(size, dtype=tf.int64)
        rows = whole_numbers(seeds, Choice.TOP, room)[:, tf.newaxis] + places
        columns = tf.broadcast_to(places, tf.shape(rows))
        if self.flip:
            mirrored = whole_numbers(seeds, Choice.FLIP, 2)[:, tf.newaxis] == 1
            columns = tf.where(mirrored, size - 1 - columns, columns)
        columns += whole_numbers(seeds, Choice.LEFT, room)[:, tf.newaxis]
        cropped = tf.gather(tf.gather(images, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1)
        return tf.ensure_shape(cropped, [None, *self.shape])


@dataclasses.dataclass(frozen=True)
class MirroredDataSet(ResizedDataSet):
    """A data set of pictures that may be mirrored in training."""

    flip: bool = setting(False, "mirror half of the training images, drawn at random")

    def mirrored(self, source: Source, split: str) -> Source:
        """The examples of `split`, those to train on with mirroring if it is asked for."""
        return Jittered(source, source, flip=True) if self.flip and split == "train" else source


@dataclasses.dataclass(frozen=True)
class JitteredDataSet(MirroredDataSet):
    """A data set of pictures that are cropped and mirrored at random in training."""

    jitter: int = setting(0, "pixels per side by which training images are larger, before a crop at a random place",
                          at_least=0)

    def jittered(self, pictures: Pictures, split: str) -> Source:
        """The pictures as images of `image_size` (256 when it is 0): those to train on with jitter and mirroring."""
        size = self.image_size or _DEFAULT_SIZE
        if split != "train" or not self.jitter:
            return self.mirrored(pictures.source(size), split)
        return Jittered(pictures.streamed(size), pictures.source(size + self.jitter), self.flip)
