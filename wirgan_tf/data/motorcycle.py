"""A photograph of a motorcycle and its disparity (Scharstein et al. 2014, Middlebury), as scikit-image bundles them."""

import numpy as np
from scipy import ndimage

from wirgan_tf.data.dataset import SizedDataSet
from wirgan_tf.data.identity import Origin, identity_of, index_keys
from wirgan_tf.data.source import ArraySource

_COLUMNS = {"train": (0, 463), "validation": (463, 556), "test": (556, 741)}  # 5/8, 1/8 and 1/4 of the width
_STEP = {"train": 16, "validation": 32, "test": 32}  # from a tile to the next
_FARTHEST_SHIFT = 60.0  # pixels of disparity; those of the photograph are 7 to 59.9
_SIZES = (64, 32)


class Motorcycle(SizedDataSet):
    """Tiles of the photograph, `source` [S, S, 3], and of its disparity, `image` [S, S, 1]; S is 64 or 32.

    The left 5/8 are to train on, in tiles that overlap; the next 1/8 is for validation, and the right 1/4 for testing:
    no pixel is in two splits. A disparity of d pixels is d / 30 - 1. It is unknown for 7 % of the pixels, which take
    that of the nearest pixel where it is known.
    """

    def load(self, split: str) -> ArraySource:
        """Raises: `ValueError` without the package scikit-image, and for an image size other than 64 and 32."""
        size = self.size_among(*_SIZES)
        photograph, disparity = _pictures()
        first, end = _COLUMNS[split]
        corners = [(y, x) for y in range(0, len(photograph) - size + 1, _STEP[split])
                   for x in range(first, end - size + 1, _STEP[split])]
        tiles, shifts = (np.stack([picture[y:y + size, x:x + size] for y, x in corners])
                         for picture in (photograph, disparity))
        images = shifts[..., np.newaxis] / np.float32(_FARTHEST_SHIFT / 2) - np.float32(1)
        return ArraySource(self.name, images, source=tiles,
                           origin=Origin(identity_of(self.name, split, size), index_keys(len(corners))))

    def has_validation(self) -> bool:
        return True


def _pictures() -> tuple[np.ndarray, np.ndarray]:
    """The left photograph, uint8 [500, 741, 3], and its disparity in pixels, float32 [500, 741]."""
    try:
        from skimage.data import stereo_motorcycle
    except ImportError as error:
        raise ValueError("dataset=motorcycle needs the package scikit-image; install it with: "
                         "pip install 'wirgan-tf[motorcycle]'") from error
    photograph, _, disparity = stereo_motorcycle()
    unknown = ~np.isfinite(disparity)
    nearest = ndimage.distance_transform_edt(unknown, return_distances=False, return_indices=True)
    return photograph, disparity[tuple(nearest)]
