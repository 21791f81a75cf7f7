"""Shards: the parts of a large job, each of which is done whole or not at all."""

from typing import NamedTuple


class Shard(NamedTuple):
    """The `count` positions from `first` on, part `number` of `of`."""

    number: int
    of: int
    first: int
    count: int

    @property
    def name(self) -> str:
        """As in "00002-of-00025"."""
        return f"{self.number:05d}-of-{self.of:05d}"


def cut(total: int, most: int) -> list[Shard]:
    """Positions 0 .. total - 1 in the fewest shards of at most `most`, which differ by 1 at most, larger ones first.

    >>> [(shard.first, shard.count) for shard in cut(10, most=4)]
    [(0, 4), (4, 3), (7, 3)]
    """
    of = -(-total // most)
    smaller, larger = total // of, total % of
    return [Shard(number, of, number * smaller + min(number, larger), smaller + (number < larger))
            for number in range(of)]
