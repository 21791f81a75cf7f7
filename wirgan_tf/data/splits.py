"""The parts of a data set: to train on, to choose by, to report on."""

import dataclasses
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from wirgan_tf.data.copies import drawn
from wirgan_tf.data.identity import identity_of
from wirgan_tf.data.source import Derived, Example, Source, contents_of
from wirgan_tf.data.unpaired import Unpaired

SPLITS = ("train", "validation", "test")
_FEWEST, _PREFERRED, _LARGEST_SHARE = 10, 200, 0.2  # validation images


class Splits(NamedTuple):
    """The parts of a data set.

    train: to train on.
    validation: training images that are held out, to choose checkpoints and settings by; None when there are too few.
    test: only to report on; None for data that a caller supplies without one.
    identity: of what each split is made from, before images are held out, by the split's name.
    """

    train: Source
    validation: Source | None
    test: Source | None
    identity: dict[str, str]


@dataclasses.dataclass(frozen=True, eq=False)
class Subset(Derived):
    """Some examples of a source.

    Args:
      whole: the source.
      indices: int64 [size], of the examples.
    """

    indices: np.ndarray

    @property
    def size(self) -> int:
        return len(self.indices)

    @property
    def identity(self) -> str:
        return identity_of(self.whole.identity, self.indices.tobytes())

    def example_keys(self) -> Sequence[bytes]:
        keys = self.whole.example_keys()
        return [keys[index] for index in self.indices]

    def example_contents(self) -> Sequence[Hashable]:
        contents = contents_of(self.whole)
        return [contents[index] for index in self.indices]

    def examples(self, indices: tf.Tensor, seeds: tf.Tensor | None = None) -> Example:
        return self.whole.examples(tf.gather(tf.constant(self.indices), indices), seeds)


def divided(train: Source, share: float) -> tuple[Source, Source | None]:
    """Examples to train on and examples to validate by, chosen by a hash of each example's key: the same in every run.

    A `share` of the examples is held out, or 200 if that is more, and at most a fifth; none when that makes fewer than
    10, or when `share` is 0. Copies of one file are held out together, see `copies.drawn`. Of unpaired images of two
    domains, some of each are held out.
    """
    if isinstance(train, Unpaired):
        (a, held_out_a), (b, held_out_b) = divided(train.a, share), divided(train.b, share)
        if held_out_a is None or held_out_b is None:
            return train, None
        return train.of(a, b), train.of(held_out_a, held_out_b)
    count = int(min(max(share * train.size, _PREFERRED), _LARGEST_SHARE * train.size))
    if share == 0.0 or count < _FEWEST:
        return train, None
    held_out = np.zeros(train.size, bool)
    held_out[drawn(train.example_keys(), contents_of(train), count)] = True
    return Subset(train, np.flatnonzero(~held_out)), Subset(train, np.flatnonzero(held_out))


def undivided(source: Source) -> Source:
    """The source from which `divided` made `source`, or `source` itself."""
    if isinstance(source, Unpaired):
        return source.of(undivided(source.a), undivided(source.b))
    return source.whole if isinstance(source, Subset) else source


def check_identity(found: Mapping[str, str], expected: Mapping[str, str], whose: str) -> None:
    """Raises `ValueError` when a split of the data that was found is not the one that is expected.

    Args:
      found: identities by split; those that `expected` does not have are ignored.
      expected: identities by split.
      whose: what was trained on the expected data, for the error.
    """
    for split, identity in found.items():
        if expected.get(split, identity) != identity:
            raise ValueError(f"the {split} images are not those of {whose}: they hash to {identity[:12]}, and those it "
                             f"was trained with to {expected[split][:12]}; give its own data, or start another run")
