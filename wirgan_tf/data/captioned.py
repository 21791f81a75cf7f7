"""Pictures with texts: each picture has one or more, and an example has one of them, as a vector."""

import dataclasses
import functools
from collections.abc import Hashable, Sequence

import numpy as np
import tensorflow as tf

from wirgan_tf.data.choices import Choice, seeds_at, whole_numbers
from wirgan_tf.data.identity import identity_of
from wirgan_tf.data.source import Example, Source, contents_of
from wirgan_tf.entries import Entry, Spec


@dataclasses.dataclass(frozen=True, eq=False)
class Captioned:
    """The examples of a source, each with the vector of one of its texts as `embedding`.

    In training an example's text is drawn anew at each place in the stream; otherwise it is always the same one.

    Args:
      pictures: the source.
      vectors: of texts, float32 [M, E].
      firsts: index of each picture's first text among them, int64 [N].
      counts: number of texts of each picture, which follow one another, int64 [N], at least 1.
      vocabulary: the words that the numbers of a vector stand for, if it is a bag of words.
      encoder: the language model that made the vectors, as in `Entry`.
      vectors_identity: what the vectors were made from, if arithmetic may differ a little elsewhere.
    """

    pictures: Source
    vectors: np.ndarray
    firsts: np.ndarray
    counts: np.ndarray
    vocabulary: tuple[str, ...] = ()
    encoder: str = ""
    vectors_identity: str = ""

    @property
    def name(self) -> str:
        return self.pictures.name

    @property
    def size(self) -> int:
        return self.pictures.size

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pictures.shape

    @property
    def num_classes(self) -> int:
        return self.pictures.num_classes

    @property
    def spec(self) -> Spec:
        return {**self.pictures.spec, "embedding": Entry((self.vectors.shape[1],), names=self.vocabulary,
                                                         encoder=self.encoder)}

    @functools.cached_property
    def identity(self) -> str:
        vectors = self.vectors_identity or np.ascontiguousarray(self.vectors, "<f4").tobytes()
        places = (np.ascontiguousarray(array, "<i8").tobytes() for array in (self.firsts, self.counts))
        return identity_of(self.pictures.identity, *self.vocabulary, vectors, *places)

    def example_keys(self) -> Sequence[bytes]:
        return self.pictures.example_keys()

    def example_contents(self) -> Sequence[Hashable]:
        return contents_of(self.pictures)

    @functools.cached_property
    def _tensors(self) -> tuple[tf.Tensor, ...]:
        with tf.init_scope(), tf.device("CPU"):  # once, rather than a constant in each graph
            return (tf.constant(self.vectors, tf.float32), tf.constant(self.firsts, tf.int64),
                    tf.constant(self.counts, tf.int64))

    def examples(self, indices: tf.Tensor, seeds: tf.Tensor | None = None) -> Example:
        vectors, firsts, counts = self._tensors
        drawn = whole_numbers(seeds_at(indices, seed=0) if seeds is None else seeds, Choice.CAPTION,
                              tf.gather(counts, indices))
        return {**self.pictures.examples(indices, seeds),
                "embedding": tf.gather(vectors, tf.gather(firsts, indices) + drawn)}
