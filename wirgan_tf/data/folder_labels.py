"""What is known of each image of a folder: its class by the folder that it is in, or what a table next to it says.

The tables are called labels.csv. The first column, `file`, has the images' paths below the table's folder; a column
`label` has their classes, and every other one is an attribute, 0 or 1.
"""

import csv
import dataclasses
import io
import json
import pathlib
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import tensorflow as tf

from wirgan_tf.data.image_files import ImageFile, split_folders
from wirgan_tf.entries import Entry
from wirgan_tf.wording import some_of

TABLE = "labels.csv"
KINDS = ("auto", "none", "folders", "csv")
_LABEL = "label"


class Labels(NamedTuple):
    """What comes with the images of a folder.

    Attributes:
      spec: what it is, by name: a `label`, `attributes`, both or nothing.
      values: of each image, by the name and the image's key.
      about: what it is and where it comes from, or why there is nothing, in words for the log.
      unused: what is there but not used, in words for the log.
      own: whether it says anything that the images' names do not.
    """

    spec: Mapping[str, Entry]
    values: Mapping[str, Mapping[bytes, Any]]
    about: str = ""
    unused: str = ""
    own: bool = False

    def of(self, keys: Iterable[bytes]) -> dict[str, list[Any]]:
        """The values of the images with these keys, by name."""
        keys = list(keys)
        return {name: [values[key] for key in keys] for name, values in self.values.items()}

    def identity(self, keys: Iterable[bytes]) -> list[str]:
        """What the labels add to the identity of the images with these keys."""
        names = {name: entry.names for name, entry in self.spec.items()}
        return [json.dumps([names, self.of(keys)])] if self.own else []


    def described(self, trained: Iterable[bytes]) -> str:
        """The labels in words for the log; `trained` are the keys of the images to train on."""
        numbers = set(self.of(trained).get(_LABEL, ()))
        names = self.spec[_LABEL].names if _LABEL in self.spec else ()
        untrained = [name for number, name in enumerate(names) if number not in numbers]
        without = f", {len(untrained)} of them without images to train on ({some_of(untrained)})" if untrained else ""
        return "".join(f"; {part}" for part in [self.about + without, self.unused] if part)


def grouped(labels: Labels, groups: Sequence[Sequence[str]]) -> Labels:
    """`labels` with groups of attributes of which an image has only one.

    Raises: `ValueError` for names of other attributes, and for names in two groups.
    """
    if not groups:
        return labels
    if "attributes" not in labels.spec:
        raise ValueError(f"exclusive attributes {', '.join(groups[0])} were given, and the images have none; give them "
                         f"by {TABLE} and labels=csv")
    entry = dataclasses.replace(labels.spec["attributes"], groups=tuple(map(tuple, groups)))
    return labels._replace(spec={**labels.spec, "attributes": entry})


class Table(NamedTuple):
    """A file of labels: where it is, its folder's path below the data set's with a slash, and what it holds."""

    path: pathlib.Path
    prefix: str
    content: bytes


def tables(folder: pathlib.Path) -> tuple[Table, ...]:
    """The tables in `folder` and in its folders of splits."""
    places = {"": folder / TABLE} | {f"{name}/": folder / name / TABLE for name in split_folders(folder)}
    return tuple(Table(path, prefix, path.read_bytes()) for prefix, path in places.items() if path.is_file())


def of_images(kind: str, folder: pathlib.Path, groups: Mapping[str, Sequence[ImageFile]], found: Sequence[Table],
              broken: Collection[ImageFile]) -> Labels:
    """The labels of the images of `groups`, which are those of `by_split_folder` without `broken` ones.

    "auto" takes folders for classes only where every image is exactly one folder deep, in its split's folder if there
    are any, and each split has the same folders, at least two. It takes no table.

    Args:
      kind: one of `KINDS`.

    Raises: `ValueError` for folders or tables that do not fit the images, `FileNotFoundError` for missing tables.
    """
    if kind == "folders":
        return _of_folders(folder, groups)
    if kind == "csv":
        return _of_tables(folder, groups, found, broken)
    if kind == "none":
        return Labels({}, {})
    unused = f"{TABLE} not used (labels=csv does)" if found else ""
    names = [name for files in _below_splits(folder, groups).values() for name in files.values()]
    if not all(name.count("/") == 1 for name in names) or len({name.partition("/")[0] for name in names}) < 2:
        return Labels({}, {}, unused=unused)
    try:
        return _of_folders(folder, groups)._replace(unused=unused)
    except ValueError as error:
        return Labels({}, {}, f"no labels: {error}", unused)


def _below_splits(folder: pathlib.Path, groups: Mapping[str, Sequence[ImageFile]]) -> dict[str, dict[bytes, str]]:
    """By split, the images' paths below the folder of the split, or below `folder` when there is none, by key."""
    within = bool(split_folders(folder))
    return {split: {file.key: _text(file.key).partition("/")[2] if within else _text(file.key) for file in files}
            for split, files in groups.items()}


def _text(key: bytes) -> str:
    return key.decode(errors="backslashreplace")


def _of_folders(folder: pathlib.Path, groups: Mapping[str, Sequence[ImageFile]]) -> Labels:
    splits = _below_splits(folder, groups)
    if outside := [_text(key) for files in splits.values() for key, name in files.items() if "/" not in name]:
        raise ValueError(f"{len(outside)} images in {folder} are in no folder of a class: {some_of(outside)}; expected "
                         "a folder a class, in the folder of each split if there are any")
    classes = {split: {name.partition("/")[0] for name in files.values()} for split, files in splits.items()}
    names = set().union(*classes.values())
    if lacking := [f"{split} lacks {some_of(sorted(names - found))}" for split, found in classes.items()
                   if names - found]:
        raise ValueError(f"the splits in {folder} have other folders of classes: {', '.join(lacking)}")
    files = {key: name.partition("/")[0] for of_split in splits.values() for key, name in of_split.items()}
    return _labels("folders", files, [], {})


def _of_tables(folder: pathlib.Path, groups: Mapping[str, Sequence[ImageFile]], found: Sequence[Table],
               broken: Collection[ImageFile]) -> Labels:
    if not found:
        raise FileNotFoundError(f"labels=csv needs {folder / TABLE}, or one in the folder of each split, with columns "
                                "file,label or file,<attribute>,...")
    if len(found) > 1 and not found[0].prefix:
        raise ValueError(f"{found[0].path} and {found[1].path} are both there; keep one of them, or one a split")
    columns, *others = [_header(table) for table in found]
    for other, table in zip(others, found[1:], strict=True):
        if other != columns:
            raise ValueError(f"{table.path} has the columns {','.join(other)}, and {found[0].path} "
                             f"{','.join(columns)}; give both the same")
    rows: dict[bytes, Sequence[str]] = {}
    for table in found:
        rows |= _rows(table, columns)
    keys = {split: [file.key for file in files] for split, files in groups.items()}
    every = [key for of_split in keys.values() for key in of_split]
    where = " and ".join(str(table.path) for table in found)
    if missing := [_text(key) for key in every if key not in rows]:
        raise ValueError(f"{len(missing)} images have no row in {where}: {some_of(missing)}")
    if unknown := [_text(key) for key in set(rows) - set(every) - {file.key for file in broken}]:
        raise ValueError(f"{len(unknown)} rows of {where} name no image in {folder}: {some_of(sorted(unknown))}; "
                         f"expected paths below the folder of {TABLE}, with slashes")
    attributes = [name for name in columns[1:] if name != _LABEL]
    places = [columns.index(name) for name in attributes]
    values = {key: [float(rows[key][place]) for place in places] for key in every}
    if _LABEL not in columns:
        return _labels(TABLE, {}, attributes, values)
    classes = {key: rows[key][columns.index(_LABEL)] for key in every}
    trained = {classes[key] for key in keys["train"]}
    if untrained := sorted(set(classes.values()) - trained):
        raise ValueError(f"{where} has classes without images to train on: {some_of(untrained)}")
    return _labels(TABLE, classes, attributes, values)


def _header(table: Table) -> list[str]:
    header = [cell.strip() for cell in next(_read(table), (0, []))[1]]
    if header[:1] != ["file"] or len(header) < 2 or "" in header or len(set(header)) < len(header):
        raise ValueError(f"{table.path} begins with {','.join(header)[:100]!r}; expected file,label or "
                         "file,<attribute>,..., each column once")
    return header


def _rows(table: Table, columns: Sequence[str]) -> dict[bytes, Sequence[str]]:
    """The rows by the keys of their images."""
    rows, faults = {}, []
    lines = _read(table)
    next(lines)
    for line, cells in lines:
        cells = [cell.strip() for cell in cells]
        key = (table.prefix + unicodedata.normalize("NFC", cells[0]).removeprefix("./")).encode()
        wrong = [f"{name}={value}" for name, value in zip(columns[1:], cells[1:], strict=False)
                 if not (value if name == _LABEL else value in ("0", "1"))]
        if len(cells) != len(columns):
            faults.append(f"line {line} has {len(cells)} values instead of {len(columns)}")
        elif wrong:
            faults.append(f"line {line} has {some_of(wrong)}")
        elif key in rows:
            faults.append(f"line {line} has {cells[0]} again")
        rows[key] = cells
    if faults:
        raise ValueError(f"{table.path}: {some_of(faults)}; expected a row an image, with a class, and 0 or 1 for each "
                         "attribute")
    return rows


def _read(table: Table) -> Iterable[tuple[int, list[str]]]:
    """Rows that are not blank, with the numbers of their lines."""
    try:
        reader = csv.reader(io.StringIO(table.content.decode("utf-8-sig"), newline=""), strict=True)
        for cells in reader:
            if any(cells):
                yield reader.line_num, cells
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{table.path} cannot be read as a table of commas in UTF-8: {error}") from error


def _labels(source: str, classes: Mapping[bytes, str], attributes: Sequence[str],
            values: Mapping[bytes, Sequence[float]]) -> Labels:
    spec, found, about = {}, {}, []
    if classes:
        names = in_order(set(classes.values()))
        numbers = {name: number for number, name in enumerate(names)}
        spec[_LABEL] = Entry((), tf.int64, names)
        found[_LABEL] = {key: numbers[name] for key, name in classes.items()}
        about.append(f"{len(names)} classes ({some_of(names)})")
    if attributes:
        spec["attributes"] = Entry((len(attributes),), tf.float32, tuple(attributes))
        found["attributes"] = values
        about.append(f"{len(attributes)} attributes ({some_of(attributes)})")
    return Labels(spec, found, f"{' and '.join(about)} by {source}", own=source == TABLE)


def in_order(names: Collection[str]) -> tuple[str, ...]:
    """Names of classes in the order of their numbers: whole numbers by size, otherwise alphabetically.

    >>> in_order({"10", "9", "1"}), in_order({"b", "10", "9"})
    (('1', '9', '10'), ('10', '9', 'b'))
    """
    if all(name.isascii() and name.isdigit() for name in names):
        return tuple(sorted(names, key=lambda name: (int(name), name)))
    return tuple(sorted(names))
