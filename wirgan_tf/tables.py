"""Tables for a terminal."""

from collections.abc import Collection, Sequence


def aligned(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> str:
    """The rows, all of the same number of cells, as lines with aligned columns.

    Args:
      rows: the first one is the header.
      right: numbers of the columns that are aligned to the right.

    >>> print(aligned([("name", "size"), ("a", "10"), ("bc", "7")], right=[1]))
    name  size
    a       10
    bc       7
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) if number in right else cell.ljust(width)
                               for number, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
                     for row in rows)
