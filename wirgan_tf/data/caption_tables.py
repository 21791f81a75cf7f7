"""Tables of the texts of images in a folder: captions.csv with the columns file,text, or captions.jsonl.

A line of captions.jsonl is an object with "file" and "text". Paths are below the table's folder. An image may have
several rows.
"""

import csv
import io
import json
import pathlib
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

NAMES = ("captions.csv", "captions.jsonl")
_COLUMNS = ["file", "text"]
_SHOWN = 5


class Caption(NamedTuple):
    """A row of a table.

    Attributes:
      key: of the image, as `ImageFile.key`.
      text: what is said of it.
      row: its number, from 0 on.
    """

    key: bytes
    text: str
    row: int


def read_captions(folder: pathlib.Path) -> list[Caption]:
    """The rows of the table in `folder`.

    Raises: `FileNotFoundError` when there is none, `ValueError` when there are two, or for rows that are not captions.
    """
    found = [folder / name for name in NAMES if (folder / name).is_file()]
    if not found:
        raise FileNotFoundError(f"there is no {' or '.join(NAMES)} in {folder}; its columns are file,text")
    if len(found) > 1:
        raise ValueError(f"{found[0]} and {found[1]} are both there; keep one of them")
    path = found[0]
    try:
        text = path.read_bytes().decode("utf-8-sig")
        rows = list((_csv_rows if path.suffix == ".csv" else _json_rows)(text))
    except (UnicodeDecodeError, csv.Error, json.JSONDecodeError, TypeError, KeyError) as error:
        raise ValueError(f"{path} cannot be read as captions: {error}; expected the columns file,text, or objects with "
                         "file and text") from error
    if empty := [name for name, said in rows if not said.strip()]:
        raise ValueError(f"{path} has no text in rows of {', '.join(empty[:_SHOWN])}; give each row one")
    return [Caption(unicodedata.normalize("NFC", name).removeprefix("./").encode(), said, number)
            for number, (name, said) in enumerate(rows)]


def _csv_rows(text: str) -> Iterator[Sequence[str]]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = [cell.strip() for cell in next(rows, [])]
    if header != _COLUMNS:
        raise csv.Error(f"it begins with {','.join(header)[:100]!r}")
    for cells in rows:
        if any(cells):
            if len(cells) != len(_COLUMNS):
                raise csv.Error(f"line {rows.line_num} has {len(cells)} values")
            yield cells[0].strip(), cells[1]


def _json_rows(text: str) -> Iterator[Sequence[str]]:
    for line in text.splitlines():
        if line.strip():
            fields = json.loads(line)
            yield str(fields["file"]), str(fields["text"])
