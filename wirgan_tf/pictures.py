"""Pictures of batches: grids of images, scatter plots of points."""

import io
import pathlib
from collections.abc import Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont

from wirgan_tf.files import write_whole

_GAP, _GAP_GREY = 2, 96  # pixels between the images of a grid
_MOST_COLUMNS = 20  # of a grid with rows for turns
_SMALLEST_SIDE = 512  # longer side of a grid: smaller ones are enlarged by a whole factor, to be seen
_HEADER, _FONT_SIZE = 20, 13  # pixels, of the row of titles


def to_pixels(images: np.ndarray) -> np.ndarray:
    """Images in [-1, 1] to uint8 0 .. 255, rounded to the nearest.

    >>> to_pixels(np.array([-1.0, 0.0, 1.0]))
    array([  0, 128, 255], dtype=uint8)
    """
    return np.clip(np.floor((np.asarray(images) + 1.0) * 127.5 + 0.5), 0, 255).astype(np.uint8)


def grid(images: np.ndarray, columns: int) -> Image.Image:
    """Images [N, H, W, 1 or 3] in [-1, 1] in rows of `columns`, the last row filled up with black.

    Each pixel of small images becomes a square, so that the longer side of the picture has at least 512.
    """
    pixels = to_pixels(images)
    rows = -(-len(pixels) // columns)
    enlargement = -(-_SMALLEST_SIDE // max(rows * pixels.shape[1], columns * pixels.shape[2]))
    pixels = pixels.repeat(enlargement, axis=1).repeat(enlargement, axis=2)
    pixels = np.pad(pixels, [(0, rows * columns - len(pixels)), (0, 0), (0, 0), (0, 0)])
    pixels = np.pad(pixels, [(0, 0), (0, _GAP), (0, _GAP), (0, 0)], constant_values=_GAP_GREY)
    _, height, width, channels = pixels.shape
    sheet = pixels.reshape(rows, columns, height, width, channels).swapaxes(1, 2)
    return _of_pixels(sheet.reshape(rows * height, columns * width, channels)[:-_GAP, :-_GAP])


def single(image: np.ndarray) -> Image.Image:
    """An image [H, W, 1 or 3] in [-1, 1] as a picture of the same size."""
    return _of_pixels(to_pixels(image))


def _of_pixels(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)


def scatter(points: np.ndarray, real: np.ndarray | None = None) -> Image.Image:
    """Generated points [N, 2] over real ones, as a picture of 480x480."""
    figure = Figure(figsize=(4.8, 4.8), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_aspect("equal")
    if real is not None:
        axes.scatter(*real.T, s=2, color="lightgrey", label="real")
    axes.scatter(*points.T, s=2, color="tab:blue", label="generated")
    axes.legend(loc="upper right")
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])


def draw(samples: np.ndarray, columns: int = 10) -> Image.Image:
    """A grid of images [N, H, W, C], or a scatter plot of points [N, 2]."""
    return scatter(samples) if samples.ndim == 2 else grid(samples, columns)


def draw_pairs(sources: np.ndarray, images: np.ndarray, columns: int = 10) -> Image.Image:
    """A grid of pairs: each of `sources` [N, H, W, C] with its image [N, H, W, C'] to the right of it."""
    channels = max(sources.shape[-1], images.shape[-1])
    alike = [np.repeat(part, channels // part.shape[-1], axis=-1) for part in (sources, images)]
    return grid(np.stack(alike, axis=1).reshape(-1, *alike[0].shape[1:]), columns)


def draw_turns(samples: np.ndarray, turns: int) -> Image.Image:
    """Samples that take `turns` turns, sample i the (i mod turns)-th: images as a grid with a row for each turn.

    A turn of more than 20 images has several rows. The rest of a row is black.
    """
    if samples.ndim == 2 or turns == 1:
        return draw(samples)
    each = -(-len(samples) // turns)
    columns = min(each, _MOST_COLUMNS)
    each = -(-each // columns) * columns
    filled = np.full([each * turns, *samples.shape[1:]], -1.0, samples.dtype)
    filled[:len(samples)] = samples
    return grid(np.concatenate([filled[turn::turns] for turn in range(turns)]), columns)


def draw_steps(canvases: np.ndarray) -> Image.Image:
    """The drawing process: a row for each of N images and a column for each step; canvases are [T, N, *shape].

    A row above names the step of each column, or, with narrow columns, of as many as there is room for.
    """
    if canvases.ndim == 3:
        strip = Image.fromarray(np.concatenate([np.asarray(scatter(points)) for points in canvases], axis=1))
    else:
        strip = grid(np.concatenate(list(canvases.swapaxes(0, 1))), columns=len(canvases))
    return _titled(strip, [f"t = {step}" for step in range(1, len(canvases) + 1)])


def _titled(strip: Image.Image, titles: Sequence[str]) -> Image.Image:
    """`strip` below a row with a title for each of its equally wide columns, or for as many as there is room for."""
    sheet = Image.new(strip.mode, (strip.width, strip.height + _HEADER))
    sheet.paste(strip, (0, _HEADER))
    font, pen, free = ImageFont.load_default(_FONT_SIZE), ImageDraw.Draw(sheet), 0.0
    for number, title in enumerate(titles):
        left, width = number * (strip.width + _GAP) / len(titles), font.getlength(title)
        if left >= free and (left + width <= strip.width or number == 0):
            pen.text((left + 1, _HEADER / 2), title, fill="white", font=font, anchor="lm")
            free = left + 1 + width + font.getlength(" ")
    return sheet


def save(picture: Image.Image, path: pathlib.Path) -> None:
    """Writes a PNG, all or nothing."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    write_whole(path, buffer.getvalue())
