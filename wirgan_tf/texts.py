"""Texts as vectors: a bag of words with a fixed vocabulary, by plain operations on strings.

These work in any graph, even one that a server runs, and the vocabulary is a constant of the graph.
"""

import collections
from collections.abc import Iterable, Sequence

import tensorflow as tf

_NO_WORD = r"[^\p{L}\p{N}']+"  # letters, digits and apostrophes make words


def bag_of_words(texts: tf.Tensor, vocabulary: Sequence[str]) -> tf.Tensor:
    """Which words of the vocabulary are in each text: string [B] -> float32 [B, V], 1 for a word and 0 for none.

    Case, order, repetition and words outside the vocabulary make no difference.

    >>> bag_of_words(tf.constant(["A thick, red THREE!", "red"]), ("red", "thick", "blue")).numpy()
    array([[1., 1., 0.],
           [1., 0., 0.]], dtype=float32)
    """
    words = tf.strings.split(_spaced(texts))
    found = tf.cast(words.values[:, tf.newaxis] == tf.constant(vocabulary), tf.float32)
    counts = tf.math.unsorted_segment_sum(found, words.value_rowids(), tf.size(texts))
    return tf.minimum(counts, 1.0)


def words_of(texts: Iterable[str]) -> list[list[str]]:
    """The words of each text, as `bag_of_words` sees them.

    >>> words_of(["A thick, red THREE!"])
    [['a', 'thick', 'red', 'three']]
    """
    rows = tf.strings.split(_spaced(tf.constant(list(texts)))).to_list()
    return [[word.decode() for word in row] for row in rows]


def vocabulary_of(texts: Iterable[str], most: int) -> tuple[str, ...]:
    """The `most` words that are in the most texts, in alphabetical order.

    >>> vocabulary_of(["a red three", "a red four"], most=2)
    ('a', 'red')
    """
    counts = collections.Counter(word for words in words_of(texts) for word in set(words))
    kept = sorted(counts, key=lambda word: (-counts[word], word))[:most]
    return tuple(sorted(kept))


def unknown_words(text: str, vocabulary: Iterable[str]) -> list[str]:
    """The words of a text that are not in the vocabulary, each once, in their order."""
    known = set(vocabulary)
    return [word for word in dict.fromkeys(words_of([text])[0]) if word not in known]


def _spaced(texts: tf.Tensor) -> tf.Tensor:
    return tf.strings.regex_replace(tf.strings.lower(texts, encoding="utf-8"), _NO_WORD, " ")
