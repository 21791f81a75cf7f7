"""Samples as files: arrays, a picture, or a folder of pictures."""

import io
import pathlib
from collections.abc import Mapping

import numpy as np

from wirgan_tf import pictures
from wirgan_tf.files import write_whole


def checked_output(name: str) -> pathlib.Path:
    """The path of `name`. Raises before any work for a kind that cannot be written, or a folder that is not there."""
    output = pathlib.Path(name)
    if output.suffix not in (".npz", ".png") and not name.endswith("/"):
        raise ValueError(f"--output={name}: expected a name that ends in .npz, .png or / (a folder of PNG files)")
    if not output.parent.is_dir():
        raise FileNotFoundError(f"--output={name}: the folder {output.parent} does not exist")
    return output


def write_images(images: np.ndarray, seeds: np.ndarray, output: pathlib.Path,
                 conditions: Mapping[str, np.ndarray] | None = None, turns: int = 1) -> None:
    """Writes images [N, H, W, C] in [-1, 1] or points [N, 2].

    A .npz holds `images`, uint8 [N, H, W, C] (points: float32 [N, 2]), `seeds`, int64 [N], and `conditions` by name,
    [N, ...]; a .png is a grid, with a row for each of `turns` that the images take, or a scatter plot; a folder gets
    <seed>.png for each image.
    """
    if output.suffix == ".png":
        pictures.save(pictures.draw_turns(images, turns), output)
    elif output.suffix == ".npz":
        _write_npz(output, images=_values(images, image_rank=4), seeds=seeds, **(conditions or {}))
    elif images.ndim == 2:
        raise ValueError(f"--output={output}/: points go to a .npz or a .png file")
    else:
        output.mkdir(exist_ok=True)
        for image, seed in zip(images, seeds, strict=True):
            pictures.save(pictures.single(image), output / f"{seed}.png")


def write_canvases(canvases: np.ndarray, seeds: np.ndarray, output: pathlib.Path,
                   conditions: Mapping[str, np.ndarray] | None = None) -> None:
    """Writes canvases [T, N, *shape].

    A .npz holds `canvases` [N, T, *shape], `seeds` and `conditions` by name; a .png has a row for each image.
    """
    if output.suffix == ".png":
        pictures.save(pictures.draw_steps(canvases), output)
    elif output.suffix == ".npz":
        _write_npz(output, canvases=_values(canvases, image_rank=5).swapaxes(0, 1), seeds=seeds,
                   **(conditions or {}))
    else:
        raise ValueError(f"--output={output}/: canvases go to a .npz or a .png file")


def _values(samples: np.ndarray, image_rank: int) -> np.ndarray:
    return pictures.to_pixels(samples) if samples.ndim == image_rank else samples


def _write_npz(output: pathlib.Path, **arrays: np.ndarray) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    write_whole(output, buffer.getvalue())
