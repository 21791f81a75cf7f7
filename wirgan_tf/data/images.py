"""Pictures from files and records: decoded with Pillow, cropped square, resized, one at a time on demand."""

import atexit
import dataclasses
import signal
import struct
import threading
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import BinaryIO, NamedTuple

import numpy as np
import tensorflow as tf
from PIL import ExifTags, Image, PngImagePlugin, UnidentifiedImageError

from wirgan_tf.data.identity import Origin
from wirgan_tf.data.source import Example, scale_pixels
from wirgan_tf.entries import Entry

# Pillow's plugins raise all of these for damaged files, AssertionError for a palette that is missing.
DECODING_ERRORS = (OSError, SyntaxError, ValueError, EOFError, struct.error, AssertionError,
                   Image.DecompressionBombError)
_DIM = 2**12  # of the 2**16 values of a 16-bit grey: a picture that stays below is almost black
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0  # a TIFF's tag, and its value where 0 is white
_GREY_LEVELS = {"L;2": 4, "L;4": 16}
_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Cameras and drawing programs write megabytes of text and colour profiles, which Pillow takes for an attack.
PngImagePlugin.MAX_TEXT_CHUNK = max(PngImagePlugin.MAX_TEXT_CHUNK, 2**26)
PngImagePlugin.MAX_TEXT_MEMORY = max(PngImagePlugin.MAX_TEXT_MEMORY, 2**28)


def square_image(file: BinaryIO | str, size: int) -> np.ndarray:
    """The picture's largest centred square, resized with an antialiasing Lanczos filter.

    A camera's rotation mark is obeyed unless it is broken, grey pictures become RGB, transparent pixels are laid over
    white, and of an animation the first frame is taken.

    Args:
      file: an open binary file, or a path.
      size: height and width of the result.

    Returns: uint8 [size, size, 3].

    Raises: one of `DECODING_ERRORS` when the picture is broken, or its pixels have no known range.
    """
    picture, _ = _rgb_and_dimness(file, size)
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    square = picture.crop((left, top, left + side, top + side))  # first: nothing outside may blend in at the edges
    return np.asarray(square.resize((size, size), Image.Resampling.LANCZOS))


def whole_image(file: BinaryIO | str, channels: int) -> np.ndarray:
    """The whole picture at its own size, read as by `square_image`.

    Args:
      file: an open binary file, or a path.
      channels: 3 for RGB, 1 for grey (the luma of a colour picture).

    Returns: uint8 [height, width, channels].

    Raises: `ValueError` for other numbers of channels; one of `DECODING_ERRORS` when the picture is broken, or its
      pixels have no known range.
    """
    if channels not in (1, 3):
        raise ValueError(f"channels={channels}: pictures are read as grey (1) or RGB (3)")
    picture, _ = _rgb_and_dimness(file, None)
    return np.asarray(picture.convert("L" if channels == 1 else "RGB")).reshape(picture.height, picture.width, channels)


def is_dim(file: BinaryIO | str) -> bool:
    """Checks a picture by reading it as `square_image` does, up to the crop.

    Returns: whether it is a 16-bit grey that uses less than a sixteenth of its range, and so becomes almost black.

    Raises: one of `DECODING_ERRORS` when `square_image` would.
    """
    return _rgb_and_dimness(file, 1)[1]


def _rgb_and_dimness(file: BinaryIO | str, size: int | None) -> tuple[Image.Image, bool]:
    """The picture, of which at most `size` pixels per side are needed (None: all), and whether it is dim."""
    with opened(file) as image:
        if size is not None:
            image.draft(None, (3 * size, 3 * size))  # a large JPEG is decoded at 1/2, 1/4 or 1/8, never below 3 * size
        _scale_transparent_colour(image)
        image.load()
        upright = _upright(image)
        if upright.mode.startswith("I"):
            upright = _black_at_zero(upright, image)
        dim = upright.mode.startswith("I") and bool(0 < np.asarray(upright).max() < _DIM)
        return _to_rgb(upright), dim


def opened(file: BinaryIO | str) -> Image.Image:
    """`Image.open` with an error that a person can read: Pillow's own names an object in memory."""
    try:
        return Image.open(file)
    except UnidentifiedImageError:
        raise UnidentifiedImageError("it is empty, cut off at its beginning, or no picture") from None


def _scale_transparent_colour(image: Image.Image) -> None:
    """Pillow brings a PNG's pixels to 8 bits, but leaves the colour that is transparent as it is in the file."""
    colour = image.info.get("transparency")
    if image.format == "PNG" and colour is not None and image.tile:
        depth = image.tile[0][3]  # of the file
        if depth in _GREY_LEVELS:
            image.info["transparency"] = 255 * colour // (_GREY_LEVELS[depth] - 1)
        elif depth == "RGB;16B":
            image.info["transparency"] = tuple(value >> 8 for value in colour)


def deep_grey(image: Image.Image) -> np.ndarray:
    """The values of an open picture of mode "I" or one of "I;16", upright, black at 0: uint16 [height, width].

    Raises: one of `DECODING_ERRORS` when it is broken, `ValueError` for values beyond 16 bits.
    """
    image.load()
    return _values_of_16_bits(_black_at_zero(_upright(image), image)).astype(np.uint16)


def upright_pixels(pixels: np.ndarray, image: Image.Image) -> np.ndarray:
    """`pixels` [H, W, C] of the open picture `image`, turned upright: [H, W, C] or [W, H, C]."""
    method = _transposition(image)
    if method is None:
        return pixels
    height, width, channels = pixels.shape
    places = Image.fromarray(np.arange(height * width, dtype=np.int32).reshape(height, width)).transpose(method)
    return pixels.reshape(-1, channels)[np.asarray(places)]


def _upright(image: Image.Image) -> Image.Image:
    method = _transposition(image)
    return image if method is None else image.transpose(method)


def _transposition(image: Image.Image) -> Image.Transpose | None:
    """The one of `ImageOps.exif_transpose`, but a broken orientation mark counts as none."""
    try:
        return _TRANSPOSITIONS.get(image.getexif().get(ExifTags.Base.Orientation))
    except (*DECODING_ERRORS, TypeError):  # TypeError: a PNG's text named "xmp"
        return None


def _black_at_zero(grey: Image.Image, image: Image.Image) -> Image.Image:
    """Pillow inverts a TIFF of 8 bits whose white is 0, but not one of 16; `grey` is made from the open `image`."""
    if image.format == "TIFF" and image.tag_v2.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        return Image.fromarray(2**16 - 1 - np.asarray(grey, np.int32))
    return grey


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "F":
        raise ValueError("floating-point pixels have no set range; convert the picture to 8 or 16 bits")
    if image.mode.startswith("I"):
        return _grey_of_16_bits(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def _values_of_16_bits(image: Image.Image) -> np.ndarray:
    values = np.asarray(image)
    if values.min() < 0 or values.max() >= 2**16:
        raise ValueError(f"grey values range from {values.min()} to {values.max()}; expected 0 to 65535")
    return values


def _grey_of_16_bits(image: Image.Image) -> Image.Image:
    """Pillow's own conversion would clip at 255 and make all of a picture transparent."""
    values = _values_of_16_bits(image)
    grey = (values >> 8).astype(np.uint8)
    if "transparency" in image.info:
        grey[values == image.info["transparency"]] = 255
    return Image.fromarray(grey).convert("RGB")


class Beside(NamedTuple):
    """What comes with each image of a stream, such as a label.

    Attributes:
      entry: what it is.
      look_up: int64 indices [B] -> values [B, ...]; called from many threads at once.
    """

    entry: Entry
    look_up: Callable[[np.ndarray], np.ndarray]


@dataclasses.dataclass(frozen=True)
class StreamedSource:
    """A data set too large for memory, each image decoded when it is asked for.

    `read(index)` returns one image, `dtype` [image_size, image_size, channels]. It is called from many threads at once:
    the pipeline works on several batches side by side, and Pillow releases the interpreter's lock while it decodes.
    `origin` says what the images are made from. `beside` are the other entries of an example, by name.
    """

    name: str
    size: int
    image_size: int
    read: Callable[[int], np.ndarray]
    _: dataclasses.KW_ONLY
    origin: Origin
    beside: Mapping[str, Beside] = dataclasses.field(default_factory=dict)
    channels: int = 3
    dtype: tf.DType = tf.uint8

    @property
    def identity(self) -> str:
        return self.origin.identity

    def example_keys(self) -> Sequence[bytes]:
        return self.origin.keys

    def example_contents(self) -> Sequence[Hashable]:
        return self.origin.contents or self.origin.keys

    @property
    def shape(self) -> tuple[int, int, int]:
        return (self.image_size, self.image_size, self.channels)

    @property
    def num_classes(self) -> int:
        return len(self.beside["label"].entry.names) if "label" in self.beside else 0

    @property
    def spec(self) -> dict[str, Entry]:
        return {"image": Entry(self.shape)} | {name: entry for name, (entry, _) in self.beside.items()}

    def examples(self, indices: tf.Tensor, seeds: tf.Tensor | None = None) -> Example:
        del seeds
        pixels = tf.numpy_function(self._read_all, [indices], self.dtype, stateful=False)
        return {"image": scale_pixels(tf.ensure_shape(pixels, [None, *self.shape]))} | {
            name: _looked_up(beside, indices) for name, beside in self.beside.items()}

    def _read_all(self, indices: np.ndarray) -> np.ndarray:
        pixels = np.zeros((len(indices), *self.shape), self.dtype.as_numpy_dtype)
        with _CALLS:
            for place, index in enumerate(indices):
                if _CALLS.exiting:
                    break  # nobody will look at this batch
                try:
                    pixels[place] = self.read(int(index))
                except DECODING_ERRORS as error:
                    key = self.origin.keys[index].decode(errors="replace")
                    raise ValueError(f"image {index} of {self.name} ({key}) cannot be decoded: {error}") from error
        return pixels


def _looked_up(beside: Beside, indices: tf.Tensor) -> tf.Tensor:
    """The values at `indices`, [B, ...], by a separate call: a graph that drops the images does not decode them."""
    shape, kind = beside.entry.shape, beside.entry.dtype

    def values(places: np.ndarray) -> np.ndarray:
        with _CALLS:
            if _CALLS.exiting:
                return np.zeros([len(places), *shape], kind.as_numpy_dtype)
            return np.asarray(beside.look_up(places), kind.as_numpy_dtype)

    return tf.ensure_shape(tf.numpy_function(values, [indices], kind, stateful=False), [None, *shape])


class _Calls:
    """The calls of pipelines into Python, brought to an end before the interpreter ends.

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
        """Returns when the pipelines' buffers are full, after which there are no more calls."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program is ending, which Ctrl-C would only cut short
        self.exiting, begun, quiet = True, self._begun, 0
        while quiet < _QUIET_CHECKS:
            time.sleep(_CHECK_SECONDS)
            quiet = quiet + 1 if self._begun == begun and not self._running else 0
            begun = self._begun


_QUIET_CHECKS, _CHECK_SECONDS = 5, 0.02
_CALLS = _Calls()
atexit.register(_CALLS.finish)
