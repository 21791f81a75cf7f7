"""Large images a part at a time: overlapping tiles that fade into each other."""

from collections.abc import Callable, Iterator

import numpy as np


def in_tiles(translate: Callable[[np.ndarray], np.ndarray], image: np.ndarray, tile: int, overlap: int) -> np.ndarray:
    """The translation of an image, assembled from those of its tiles.

    Neighbours overlap by at least `overlap` pixels, over which the weight of each rises linearly; the weights of a
    pixel are scaled to a sum of 1. A network that normalises over the whole image sees each tile by itself: colours may
    change from tile to tile where the whole image would have one.

    Args:
      translate: images [1, h, w, C] -> images [1, h, w, C'], called once for each tile.
      image: float32 [H, W, C].
      tile: height and width of a tile; if the image is smaller in one of them, its tiles have the image's size there.
      overlap: at least 0, and less than `tile`.

    Returns: float32 [H, W, C'].
    """
    height, width = (min(size, tile) for size in image.shape[:2])
    weights = np.outer(_weights(height, overlap), _weights(width, overlap))[..., np.newaxis]
    total = summed_weights = None
    for top in _starts(image.shape[0], height, overlap):
        for left in _starts(image.shape[1], width, overlap):
            part = translate(image[np.newaxis, top:top + height, left:left + width])[0]
            if total is None:
                total = np.zeros([*image.shape[:2], part.shape[-1]], np.float32)
                summed_weights = np.zeros([*image.shape[:2], 1], np.float32)
            total[top:top + height, left:left + width] += weights * part
            summed_weights[top:top + height, left:left + width] += weights
    return total / summed_weights


def _starts(size: int, tile: int, overlap: int) -> Iterator[int]:
    """Where the tiles of a row of `size` pixels begin: as few as possible, evenly spread, up to the end of the row."""
    count = 1 if size == tile else -(-(size - overlap) // (tile - overlap))
    return (round(number * (size - tile) / max(count - 1, 1)) for number in range(count))


def _weights(tile: int, overlap: int) -> np.ndarray:
    """The weights of a tile's pixels, float32 [tile]: they rise over `overlap` pixels, and fall at the other end."""
    from_edge = np.minimum(np.arange(1, tile + 1), np.arange(tile, 0, -1))
    return np.minimum(from_edge / np.float32(overlap + 1), 1).astype(np.float32)
