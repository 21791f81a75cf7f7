"""Copies of one picture under several names: they belong on one side of a split."""

import hashlib
import logging
from collections.abc import Hashable, Mapping, Sequence
from typing import Protocol


def drawn(keys: Sequence[bytes], contents: Sequence[Hashable], count: int) -> list[int]:
    """Indices of `count` examples, drawn by a hash of their keys: the same whatever other examples there are.

    Copies are drawn together. A set of copies that is larger than what is left to draw is passed over, so that with
    copies there may be fewer than `count`; if every set is larger, the smallest one is drawn. If all examples are
    copies of one, they cannot be kept together, and each counts alone.

    Args:
      keys: a stable key of each example.
      contents: what an example is made from: copies have equal ones.
      count: how many to draw.

    >>> drawn([b"a", b"b", b"c", b"d"], [1, 2, 3, 4], 2), drawn([b"a", b"b", b"c", b"d"], [1, 2, 3, 2], 2)
    ([2, 3], [1, 3])
    """
    hashes = [hashlib.sha256(key).digest() for key in keys]
    order = sorted(range(len(keys)), key=hashes.__getitem__)
    copies: dict[Hashable, list[int]] = {}
    for place in order:
        copies.setdefault(contents[place], []).append(place)
    if len(copies) == 1:
        return sorted(order[:count])
    found: list[int] = []
    for places in copies.values():
        if len(found) + len(places) <= count:
            found += places
    return sorted(found or min(copies.values(), key=len))


class Picture(Protocol):
    """An image, or a pair of images, in files: `hash` is of their content, `path` is where they are."""

    key: bytes
    hash: str
    path: str


def warn_of_copies(parts: Mapping[str, Sequence[Picture]]) -> None:
    """Warns of pictures to measure by that are also trained on; `parts` are by split, "train" among them."""
    trained = {picture.hash for picture in parts["train"]}
    for split, images in parts.items():
        copies = [picture.path for picture in images if picture.hash in trained] if split != "train" else []
        if copies:
            logging.warning("%d of %d %s images are also training images, the first is %s; measures by them are too "
                            "good: take them out of one of the two", len(copies), len(images), split, copies[0])
