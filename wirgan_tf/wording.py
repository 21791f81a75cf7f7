"""Lists in messages."""

from collections.abc import Sequence


def some_of(names: Sequence[str], most: int = 5) -> str:
    """The first `most` names, and how many more there are.

    >>> some_of(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
