"""Pictures from files and records: decoded with Pillow, cropped square, resized, one at a time on demand."""

import atexit
import dataclasses
import struct
import threading
import time
from collections.abc import Callable
from typing import BinaryIO

import numpy as np
import tensorflow as tf
from PIL import Image, ImageOps

from wirgan_tf.data.source import Example, scale_pixels

DECODING_ERRORS = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)


def square_image(file: BinaryIO | str, size: int) -> np.ndarray:
    """The picture's largest centred square, resized with an antialiasing Lanczos filter.

    A camera's rotation mark is obeyed, grey pictures become RGB, transparent pixels are laid over white, and of an
    animation the first frame is taken.

    Args:
      file: an open binary file, or a path.
      size: height and width of the result.

    Returns: uint8 [size, size, 3].

    Raises: one of `DECODING_ERRORS` when the picture is broken.
    """
    with Image.open(file) as image:
        image.draft(None, (3 * size, 3 * size))  # a large JPEG is decoded at 1/2, 1/4 or 1/8, never below 3 * size
        upright = _to_rgb(ImageOps.exif_transpose(image))
        side = min(upright.size)
        left, top = (upright.width - side) // 2, (upright.height - side) // 2
        square = upright.crop((left, top, left + side, top + side))  # first: nothing outside may blend in at the edges
        return np.asarray(square.resize((size, size), Image.Resampling.LANCZOS))


def check_image(path: str) -> None:
    """Reads a picture to its end. Raises one of `DECODING_ERRORS` when it is broken or cut short."""
    with Image.open(path) as image:
        image.draft(None, (1, 1))  # an eighth of the size: all of a JPEG's data is read, little is computed
        image.load()


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey, which Pillow's convert would clip at 255
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


@dataclasses.dataclass(frozen=True)
class StreamedSource:
    """A data set too large for memory, each image decoded when it is asked for.

    `read(index)` returns one image, uint8 [image_size, image_size, 3]. It is called from many threads at once: the
    pipeline works on several batches side by side, and Pillow releases the interpreter's lock while it decodes.
    """

    name: str
    size: int
    image_size: int
    read: Callable[[int], np.ndarray]
    num_classes: int = 0

    @property
    def shape(self) -> tuple[int, int, int]:
        return (self.image_size, self.image_size, 3)

    @property
    def spec(self) -> dict[str, tf.TensorSpec]:
        return {"image": tf.TensorSpec(self.shape, tf.float32)}

    def examples(self, indices: tf.Tensor) -> Example:
        pixels = tf.numpy_function(self._read_all, [indices], tf.uint8, stateful=False)
        return {"image": scale_pixels(tf.ensure_shape(pixels, [None, *self.shape]))}

    def _read_all(self, indices: np.ndarray) -> np.ndarray:
        pixels = np.zeros((len(indices), *self.shape), np.uint8)
        with _CALLS:
            for place, index in enumerate(indices):
                if _CALLS.exiting:
                    break  # nobody will look at this batch
                try:
                    pixels[place] = self.read(int(index))
                except DECODING_ERRORS as error:
                    raise ValueError(f"image {index} of {self.name} cannot be decoded: {error}") from error
        return pixels


class _Calls:
    """The calls of pipelines into Python, brought to an end before the interpreter is.

    A thread that is in Python while the interpreter shuts down never returns, and the pipeline waits for it forever.
    """

    def __init__(self):
        self.exiting = False
        self._lock = threading.Lock()
        self._begun = self._running = 0

    def __enter__(self) -> None:
        with self._lock:
            self._begun += 1
            self._running += 1

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._running -= 1

    def finish(self) -> None:
        """Returns when the pipelines' buffers are full, after which they call no more."""
        self.exiting, begun, quiet = True, self._begun, 0
        while quiet < _QUIET_CHECKS:
            time.sleep(_CHECK_SECONDS)
            quiet = quiet + 1 if self._begun == begun and not self._running else 0
            begun = self._begun


_QUIET_CHECKS, _CHECK_SECONDS = 5, 0.02
_CALLS = _Calls()
atexit.register(_CALLS.finish)
