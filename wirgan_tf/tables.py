"""Tables for a terminal and for Markdown."""

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


def markdown_table(rows: Sequence[Sequence[str]]) -> str:
    """The rows, the first one the header, as a table of Markdown whose cells have no markup of HTML.

    >>> print(markdown_table([("name", "size"), ("a|b", "<10")]))
    | name | size |
    |---|---|
    | a\\|b | &lt;10 |
    """
    cells = [[without_html(cell).replace("|", "\\|") for cell in row] for row in rows]
    header, *others = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join([header, "|" + "---|" * len(rows[0]), *others])


def without_html(text: str) -> str:
    """One line of Markdown in which `text` is no markup of HTML.

    >>> without_html("a <b> & c")
    'a &lt;b> &amp; c'
    """
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
