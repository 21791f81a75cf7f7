"""A sheet to compare translations on: a row for each picture, of input, output and target."""

import logging
import pathlib
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from wirgan_tf import pictures
from wirgan_tf.data.image_files import ENDINGS
from wirgan_tf.data.images import DECODING_ERRORS
from wirgan_tf.data.pixels import Pixels
from wirgan_tf.translation.files import read_source

ROWS = 16  # pictures of a sheet
_SIDE, _GAP, _TITLE = 192, 4, 16  # pixels
_GROUND, _TEXT = (96, 96, 96), (255, 255, 255)


def thumbnail(image: np.ndarray) -> Image.Image:
    """An image [H, W, 1 or 3] in [-1, 1] as it is shown on a sheet: within 192x192 pixels, small ones enlarged."""
    picture = pictures.single(image)
    scale = min(_SIDE / picture.width, _SIDE / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.resize(size, Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.NEAREST)


def sheet(titles: Sequence[str], rows: Sequence[Sequence[Image.Image | None]]) -> Image.Image:
    """Rows of thumbnails below the titles of their columns; None leaves a place empty."""
    step = _SIDE + _GAP
    found = Image.new("RGB", (_GAP + len(titles) * step, _TITLE + len(rows) * step), _GROUND)
    draw = ImageDraw.Draw(found)
    for column, title in enumerate(titles):
        draw.text((_GAP + column * step, 2), title, _TEXT)
        for row, images in enumerate(rows):
            if images[column] is not None:
                found.paste(images[column], (_GAP + column * step, _TITLE + row * step))
    return found


def target_of(name: pathlib.PurePath, folder: pathlib.Path) -> Image.Image | None:
    """The thumbnail of the picture in `folder` that the translation of `name`, as in "a/b.jpg", should be.

    It may have any ending, `a/b.png` or `a/b.jpg`; that of `name` is tried first. None when none can be read.
    """
    for ending in dict.fromkeys([name.suffix, *ENDINGS]):
        path = (folder / name).with_suffix(ending)
        if path.is_file():
            try:
                return thumbnail(read_source(path, Pixels()))
            except DECODING_ERRORS as error:
                logging.warning("the target %s is left out: %s", path, error)
    return None
