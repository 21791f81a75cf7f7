"""What an example of a data set has, by name: the entries of a batch."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import tensorflow as tf

EMBEDDING = "embedding"
"""The name of an entry that is a vector standing for a text."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """An entry of an example, without the axis of a batch.

    shape: [] for a label.
    dtype: int64 for a label, float32 for images, attributes and embeddings.
    names: of a label's classes, or of the attributes of a vector; empty when they have none.
    groups: sets of attributes, by name, of which an image has only one, such as colours of hair.
    qualities: of a label that numbers all combinations of several, the last one varying fastest: each by name, with its
      values.
    unpaired: whether it is an image of another domain that has nothing to do with the example's `image`.
    entry: of a condition: the entry of an example that it is by default, if that has another name.
    encoder: of an embedding: the language model that makes it from a text, as `sentence_encoders` takes it.
    of_next: of a condition: whether by default it is that of the next example, instead of the image's own.

    Raises: `ValueError` for groups of other names, for a name in two groups, and for qualities whose combinations are
      not as many as the names.
    """

    shape: tuple[int, ...]
    dtype: tf.DType = tf.float32
    names: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    qualities: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unpaired: bool = False
    entry: str = ""
    of_next: bool = False
    encoder: str = ""

    def __post_init__(self):
        grouped = [name for group in self.groups for name in group]
        for name in grouped:
            if name not in self.names or grouped.count(name) > 1:
                reason = "is in two groups" if name in self.names else f"is none of {', '.join(self.names)}"
                raise ValueError(f"{name} of exclusive attributes {reason}; name each attribute once at most")
        if self.qualities and math.prod(len(values) for _, values in self.qualities) != len(self.names):
            counts = " x ".join(str(len(values)) for _, values in self.qualities)
            raise ValueError(f"{len(self.names)} classes are not the combinations of {counts} values of qualities")

    def rows(self, name: str) -> tf.TensorSpec:
        """The spec of any number of rows of this entry, called `name`."""
        return tf.TensorSpec([None, *self.shape], self.dtype, name)

    @property
    def size(self) -> int:
        """Classes of a label, or numbers in a vector. Raises `ValueError` for classes without names."""
        if self.shape:
            return self.shape[0]
        if not self.names:
            raise ValueError("the labels of the data have no classes; name them where the data is made")
        return len(self.names)

    @property
    def is_named(self) -> bool:
        """Whether it has names that are not just its classes' numbers."""
        return any(name != str(number) for number, name in enumerate(self.names))

    @property
    def group_places(self) -> list[list[int]]:
        """`groups` by indices into `names`."""
        return [[self.names.index(name) for name in group] for group in self.groups]

    def limits(self, name: str) -> tuple[int, int] | None:
        """The smallest and the largest value of the condition `name` of this entry; None when they are not known."""
        if not self.shape and self.dtype.is_integer and self.names:
            return 0, len(self.names) - 1
        return {"attributes": (0, 1), "source": (-1, 1)}.get(name)

    def to_json(self) -> dict[str, Any]:
        further = {"groups": [list(group) for group in self.groups]} if self.groups else {}
        if self.qualities:
            further["qualities"] = {name: list(values) for name, values in self.qualities}
        further |= {name: getattr(self, name) for name in ("unpaired", "entry", "of_next", "encoder")
                    if getattr(self, name)}
        return {"shape": list(self.shape), "dtype": self.dtype.name, "names": list(self.names), **further}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Entry":
        """What `to_json` wrote."""
        return cls(tuple(fields["shape"]), tf.as_dtype(fields["dtype"]), tuple(fields.get("names", ())),
                   tuple(tuple(group) for group in fields.get("groups", ())),
                   tuple((name, tuple(values)) for name, values in fields.get("qualities", {}).items()),
                   fields.get("unpaired", False),
                   fields.get("entry", ""), fields.get("of_next", False), fields.get("encoder", ""))


Spec = Mapping[str, Entry]
"""The entries of an example by name, as `data.source.Source.spec`."""
