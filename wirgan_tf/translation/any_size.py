"""A network for sizes that are multiples of some number, made to take images of any size."""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from wirgan_tf.reflection import cropped, padded
from wirgan_tf.translation.tiles import in_tiles


@dataclasses.dataclass(frozen=True)
class AnySize:
    """Translates images of any size: they are padded by reflection, and the result is cropped back.

    network: images float32 [B, H, W, C] in [-1, 1] -> [B, H, W, C'], where H and W are multiples of `multiple` and at
      least `least`.
    tile: height and width of tiles into which larger images are cut; 0: none is cut.
    overlap: pixels that neighbouring tiles share.

    Raises: `ValueError` for tiles that the network does not take.
    """

    network: Callable[[tf.Tensor], tf.Tensor]
    multiple: int
    least: int = 1
    tile: int = 0
    overlap: int = 0

    def __post_init__(self):
        if self.tile and (self.tile % self.multiple or self.tile < self.least):
            raise ValueError(f"tile={self.tile}: must be a multiple of {self.multiple}, and at least {self.least}")
        if self.tile and not 0 <= self.overlap < self.tile:
            raise ValueError(f"tile_overlap={self.overlap}: must be at least 0 and less than tile={self.tile}")

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Images float32 [B, H, W, C] in [-1, 1] of any size -> [B, H, W, C']."""
        if not self.tile:
            return self._whole(images)
        return np.stack([in_tiles(self._whole, image, self.tile, self.overlap) for image in images])

    def _whole(self, images: np.ndarray) -> np.ndarray:
        source = tf.constant(images)
        return cropped(self.network(padded(source, self.multiple, self.least)), source).numpy()
