"""The images of two domains in a folder, each in a folder of its own."""

import pathlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from wirgan_tf.data.image_files import ENDINGS, ImageFile, Listing, by_split_folder, list_images, splits_of_names
from wirgan_tf.data.pixels import ARRAY

ACCEPTED = (*ENDINGS, ARRAY)


class Domain(NamedTuple):
    """The images of a domain.

    Attributes:
      name: of its folder.
      splits: the images by split, named as if the domain's folder were not there: `train/1.png`.
      files: by these images, the same ones with the names that they have below the data set's folder.
    """

    name: str
    splits: Mapping[str, list[ImageFile]]
    files: Mapping[ImageFile, ImageFile]


def listed(folder: pathlib.Path) -> Listing:
    """The pictures and arrays in `folder`. Raises: as `image_files.list_images`."""
    return list_images(folder, ACCEPTED)


def domain(folder: pathlib.Path, files: Iterable[ImageFile], name: str) -> Domain:
    """The images of the domain `name`: in `A/`, with folders of splits in it or not, in `train/A/`, or in `trainA/`.

    Raises: `FileNotFoundError` when there are none, `ValueError` when their splits cannot be understood.
    """
    files = list(files)
    found = {file._replace(name=within): file for file in files if (within := _within(file.name, name))}
    if not found:
        tops = sorted({file.name.partition("/")[0] for file in files if "/" in file.name})
        raise FileNotFoundError(f"{folder} has no images in a folder {name}; it has {', '.join(tops) or 'no folders'}; "
                                "name the folders of the two domains by source_folder and target_folder")
    tops = {file.name.partition("/")[0] for file in found if "/" in file.name}
    return Domain(name, by_split_folder(folder, list(found), splits_of_names(sorted(tops))), found)


def _within(path: str, name: str) -> str:
    """`path` without the folder of the domain `name`, or "" when it is in none.

    >>> [_within(path, "A") for path in ("A/1.png", "A/test/1.png", "test/A/1.png", "testA/1.png", "B/A.png")]
    ['1.png', 'test/1.png', 'test/1.png', 'test/1.png', '']
    """
    first, _, rest = path.partition("/")
    if not rest:
        return ""
    if first == name:
        return rest
    split = first.removesuffix(name)
    if split != first and splits_of_names([split]):
        return f"{split}/{rest}"
    second, _, below = rest.partition("/")
    return f"{first}/{below}" if below and second == name and splits_of_names([first]) else ""
