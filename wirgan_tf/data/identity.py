"""What data is, as a hash: the same data in another place has the same identity, other data has another."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Origin(NamedTuple):
    """What a source's examples are made from.

    Attributes:
      identity: sha256, in hexadecimal, of all that they are made from and of how they are made from it.
      keys: a stable key of each example, in their order.
      contents: a hash of what each example is made from: copies have equal ones; empty: there are no copies.
    """

    identity: str
    keys: Sequence[bytes]
    contents: Sequence[str] = ()


def identity_of(*parts: str | int | bytes | memoryview) -> str:
    """sha256 of `parts`, in hexadecimal.

    >>> identity_of("ab", "c") == identity_of("a", "bc")
    False
    """
    digest = hashlib.sha256()
    for part in parts:
        content = part if isinstance(part, bytes | memoryview) else str(part).encode(errors="surrogatepass")
        digest.update(len(content).to_bytes(8, "little"))  # else "ab", "c" and "a", "bc" would be the same
        digest.update(content)
    return digest.hexdigest()


def identity_of_arrays(images: np.ndarray, labels: np.ndarray | None, attributes: np.ndarray | None = None,
                       source: np.ndarray | None = None) -> str:
    """sha256 of type, shape and bytes of arrays, whatever their layout; labels as int64, attributes as float32.

    >>> pixels = np.arange(6.0).reshape(2, 3)
    >>> identity_of_arrays(pixels, None) == identity_of_arrays(np.asfortranarray(pixels.astype(">f8")), None)
    True
    """
    parts: list[str | bytes | memoryview] = []
    others = [np.asarray(array, dtype) for array, dtype in ((labels, np.int64), (attributes, np.float32))
              if array is not None]
    for array in (images, *others, *([] if source is None else [source])):
        array = np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
        parts += [array.dtype.str, str(array.shape), array.data.cast("B") if array.size else b""]
    return identity_of(*parts)


def index_keys(count: int, first: int = 0) -> Sequence[bytes]:
    """The keys first, first + 1, ... of `count` examples that have no names."""
    return [str(index).encode() for index in range(first, first + count)]
