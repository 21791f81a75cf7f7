"""Asking for samples in words: "cat,dog" or "each" of a label, "Male,Smiling" of attributes, sentences of an embedding.

The words become rows of conditions.

Listed classes take turns: of K classes, image i is asked to be of the (i mod K)-th. Whatever the number of images, the
classes then have equally many, to within one, and an image does not depend on how many follow it.
"""

import dataclasses
import logging
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import tensorflow as tf

from wirgan_tf.entries import EMBEDDING, Entry, Spec
from wirgan_tf.sentence_encoders import sentence_vectors
from wirgan_tf.texts import bag_of_words, unknown_words

EACH = "each"  # all classes
NONE = "none"  # of the attributes
_SHOWN = 20  # names in an error

Rows = dict[str, np.ndarray]
"""Conditions by name, [K, ...]: those that samples take in turns."""


def rows(asked: Mapping[str, str], expected: Spec) -> Rows:
    """What was asked for of each condition, by name; "" asks for nothing.

    Args:
      asked: texts by condition, see `classes`, `attributes` and `embeddings`.
      expected: the conditions of the model.

    Raises: `ValueError` for conditions that the model does not have, and for names that a condition does not have.
    """
    asked = {name: text for name, text in asked.items() if text.strip()}
    for name in asked:
        if name not in expected:
            raise ValueError(f"{name} has no effect: samples of this model depend on "
                             f"{' and '.join(expected) or 'no conditions'}; leave it out")
    return {name: _reader(name, expected[name])(text, name, expected[name]) for name, text in asked.items()}


def _reader(name: str, entry: Entry) -> Callable[[str, str, Entry], np.ndarray]:
    if name == EMBEDDING:
        return embeddings
    return attributes if entry.shape else classes


def classes(text: str, name: str, entry: Entry) -> np.ndarray:
    """Classes by name or number, separated by commas, or "each": int64 [K]. A name takes precedence over a number.

    >>> classes("dog,0", "label", Entry((), names=("cat", "dog")))
    array([1, 0])
    """
    if text == EACH and EACH not in entry.names:
        if not entry.names:
            raise ValueError(f"{name}={EACH}: the classes of this model are not known; name them by numbers")
        return np.arange(len(entry.names))
    return np.array([_class(word, name, entry.names) for word in _words(text, entry.names)], np.int64)


def attributes(text: str, name: str, entry: Entry) -> np.ndarray:
    """Names of attributes that are 1, separated by commas, the others 0; or "none"; or a number in [0, 1] for each.

    Returns: float32 [1, A].

    >>> attributes("left", "attributes", Entry((3,), names=("upper", "left", "thin")))
    array([[0., 1., 0.]], dtype=float32)
    """
    row = np.zeros([1, *entry.shape], np.float32)
    if text == NONE and NONE not in entry.names:
        return row
    words = _words(text, entry.names)
    if all(word in entry.names for word in words):
        for group in entry.groups:
            if len(named := [word for word in words if word in group]) > 1:
                raise ValueError(f"{name}={text}: {' and '.join(named)} exclude one another; name one of them")
        row[0, [entry.names.index(word) for word in words]] = 1.0
        return row
    values = [_number(word) for word in words]
    if len(values) == row.size and all(value is not None and 0.0 <= value <= 1.0 for value in values):
        return np.reshape(np.array(values, np.float32), row.shape)
    wrong = next((word for word in words if word not in entry.names), text)
    raise ValueError(f"{name}={wrong}: expected {f'names among {shown(entry.names)}' if entry.names else 'numbers'}, "
                     f"or {row.size} numbers in [0, 1], or {NONE}")


def embeddings(text: str, name: str, entry: Entry) -> np.ndarray:
    """Sentences, separated by semicolons, as embeddings of the kind the model was trained with: float32 [K, E].

    These are vectors of the model's sentence encoder, or bags of the words that the model knows. Words that it does not
    know are named in a warning. Raises `ValueError` for a sentence without any known word.

    >>> embeddings("a red three; blue", "embedding", Entry((3,), names=("blue", "red", "three")))
    array([[0., 1., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    sentences = [sentence.strip() for sentence in text.split(";") if sentence.strip()]
    if not sentences:
        raise ValueError(f"{name}={text}: expected sentences, separated by semicolons")
    if entry.encoder:
        return _encoded(sentences, name, entry)
    if not entry.names:
        raise ValueError(f"{name}: this model was trained on vectors, not on words, and cannot be asked in words; give "
                         f"it vectors of {entry.shape[0]} numbers, from Python or over its signatures")
    vectors = bag_of_words(tf.constant(sentences), entry.names).numpy()
    for sentence, vector in zip(sentences, vectors, strict=True):
        unknown = ", ".join(unknown_words(sentence, entry.names))
        if not vector.any():
            raise ValueError(f"{sentence!r} has no word that the model knows (not {unknown or 'any word'}); it knows "
                             f"{shown(entry.names)}")
        if unknown:
            logging.warning("%r: the model does not know %s, and draws by the other words; it knows %s", sentence,
                            unknown, shown(entry.names))
    return vectors


def _encoded(sentences: Sequence[str], name: str, entry: Entry) -> np.ndarray:
    vectors = sentence_vectors(sentences, entry.encoder)
    if vectors.shape[1:] != entry.shape:
        raise ValueError(f"{name}: {entry.encoder} makes vectors of {vectors.shape[1]} numbers, and this model was "
                         f"trained on {entry.shape[0]}; put the encoder there that it was trained with")
    return vectors


def check_direction(direction: str, directions: Sequence[str]) -> None:
    """Raises `ValueError` for a direction that the model does not have; "" is its first or only one."""
    if direction and direction not in directions:
        raise ValueError(f"direction={direction}: " + (f"the choices are {', '.join(directions)}" if directions else
                                                       "this model has one direction; leave it out"))


def _class(word: str, name: str, names: Sequence[str]) -> int:
    if word in names:
        return names.index(word)
    number = int(word) if word.isdecimal() else -1
    if not 0 <= number < (len(names) or 2**63):
        choices = f"the choices are {shown(names)}" if names else "expected a number from 0 on"
        numbers = f", or their numbers 0 to {len(names) - 1}" if Entry((), names=tuple(names)).is_named else ""
        raise ValueError(f"{name}={word}: {choices}{numbers}; {EACH}: all of them")
    return number


def _words(text: str, names: Sequence[str]) -> list[str]:
    """`text` split at its commas; a name may have commas of its own when it stands alone."""
    return [text] if text in names else [word.strip() for word in text.split(",")]


def _number(word: str) -> float | None:
    try:
        return float(word)
    except ValueError:
        return None


def shown(names: Sequence[str]) -> str:
    """Names for an error message; of many names, only the first."""
    return ", ".join(names[:_SHOWN]) + (f", ... ({len(names)} in all)" if len(names) > _SHOWN else "")


@dataclasses.dataclass(frozen=True)
class Turns:
    """Conditions of samples by their seeds: those that were asked for take turns, and `others` chooses the rest.

    rows: what was asked for.
    first: the seed of the first sample, which has the first turn.
    others: chooses conditions that were not asked for; None: there are none.
    """

    rows: Rows
    first: int
    others: Callable[[np.ndarray], Mapping[str, np.ndarray]] | None = None

    @property
    def count(self) -> int:
        """How many turns there are before the first comes again."""
        return max((len(values) for values in self.rows.values()), default=1)

    def __call__(self, seeds: np.ndarray) -> Rows:
        return {**(self.others(seeds) if self.others else {}), **self.asked(seeds)}

    def asked(self, seeds: np.ndarray) -> Rows:
        """Only the conditions that were asked for."""
        places = np.asarray(seeds, np.int64) - self.first
        return {name: values[places % len(values)] for name, values in self.rows.items()}


def watched_rows(expected: Spec, examples: Mapping[str, np.ndarray], most: int) -> Rows:
    """Conditions for the sample grids in training: each class, or without labels the combinations found in examples.

    Empty for a model with conditions that hardly any two examples have in common, such as continuous codes and images.

    Args:
      expected: the conditions of the model.
      examples: conditions of some examples, by name, [N, ...].
      most: the largest number of rows.
    """
    for name, entry in expected.items():
        if not entry.shape and entry.names:
            return {name: np.arange(min(len(entry.names), most))}
    if not expected or any(entry.limits(name) is None or len(entry.shape) == 3 for name, entry in expected.items()):
        return {}
    combinations = np.concatenate([np.reshape(examples[name], [len(examples[name]), -1]) for name in expected], axis=1)
    firsts = np.sort(np.unique(combinations, axis=0, return_index=True)[1])[:most]
    return {name: examples[name][firsts] for name in expected}
