"""The pixels of a picture in a file, as many channels and bits as a model takes."""

import io
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from PIL import Image

from wirgan_tf.data import images

ARRAY = ".npy"
"""The ending of a picture that is an array [height, width, channels], as numpy.save writes it."""
_ARRAY_MAGIC, _PNG_MAGIC = b"\x93NUMPY", b"\x89PNG"
_LUMA = np.array([19595, 38470, 7471])  # of 65536: ITU-R 601, rounded as Pillow does


class Pixels(NamedTuple):
    """The form into which a picture is brought.

    Attributes:
      channels: 1 for grey, 3 for RGB, to which any picture is converted; any other number must be the file's own.
      sixteen_bits: whether 16 bits are kept; else 8.
      nearest: whether resizing takes the nearest pixel, as for a map of labels; else it is by a Lanczos filter.
    """

    channels: int = 3
    sixteen_bits: bool = False
    nearest: bool = False

    @property
    def dtype(self) -> tf.DType:
        return tf.uint16 if self.sixteen_bits else tf.uint8

    @property
    def exact(self) -> bool:
        """Whether a file must be read as it is: see `read_pixels`."""
        return self.sixteen_bits or self.channels not in (1, 3)

    def square(self, pixels: np.ndarray, size: int) -> np.ndarray:
        """The largest centred square of `pixels` [H, W, C], resized: `dtype` [size, size, channels].

        Raises: `ValueError` when the picture has other channels.
        """
        height, width, _ = pixels.shape
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        return resized(self.whole(pixels[top:top + side, left:left + side]), size, self.nearest)

    def whole(self, pixels: np.ndarray) -> np.ndarray:
        """All of `pixels` [H, W, C], at their size: `dtype` [H, W, channels]. Raises: as `square`."""
        return _with_bits(_with_channels(pixels, self.channels), self.sixteen_bits)


def read_pixels(content: bytes, exact: bool) -> np.ndarray:
    """The pixels of a file, uint8 or uint16 [height, width, channels].

    Args:
      content: of the file, an array or a picture.
      exact: keep all channels and bits of a PNG, an array or a grey TIFF, upright, with a last channel of opacity if a
        colour is transparent; else RGB of 8 bits, as `images.square_image` reads it. Arrays are always returned as they
        are.

    Raises: one of `images.DECODING_ERRORS` for broken files, and for arrays of another type or rank.
    """
    if content.startswith(_ARRAY_MAGIC):
        return _array(content)
    if exact and content.startswith(_PNG_MAGIC):
        return _png(content)
    if exact:
        with images.opened(io.BytesIO(content)) as image:
            if image.mode.startswith("I"):
                return images.deep_grey(image)[..., None]
    return images.whole_image(io.BytesIO(content), 3)


def is_dim(content: bytes) -> bool:
    """`images.is_dim` of the content of a file; an array is checked, and never dim. Raises: as `read_pixels`."""
    if content.startswith(_ARRAY_MAGIC):
        return not _array(content).size
    return images.is_dim(io.BytesIO(content))


def _array(content: bytes) -> np.ndarray:
    found = np.load(io.BytesIO(content), allow_pickle=False)
    if found.dtype not in (np.uint8, np.uint16) or found.ndim not in (2, 3) or not found.size:
        raise ValueError(f"the array is {found.dtype} {list(found.shape)}; expected uint8 or uint16 [height, width, "
                         "channels]")
    return found.reshape(*found.shape[:2], -1)


def _png(content: bytes) -> np.ndarray:
    """Pillow would bring colours of 16 bits to 8, so it reads everything but the pixels."""
    try:
        with images.opened(io.BytesIO(content)) as image:
            depth = content[24]
            pixels = tf.io.decode_png(content, dtype=tf.uint16 if depth == 16 else tf.uint8).numpy()
            return images.upright_pixels(_with_opacity(pixels, image.info.get("transparency"), depth), image)
    except Image.DecompressionBombError:
        raise
    except (*images.DECODING_ERRORS, tf.errors.InvalidArgumentError) as error:
        raise ValueError("not a PNG that can be read: the file is damaged or cut short") from error


def _with_opacity(pixels: np.ndarray, transparent: int | tuple[int, ...] | bytes | None, depth: int) -> np.ndarray:
    """`pixels` with a last channel of opacity if a colour is `transparent`; palettes have theirs already."""
    if transparent is None or pixels.shape[-1] in (2, 4):
        return pixels
    if depth in (2, 4):  # of the file, whose greys are scaled to 8 bits, as Pillow does for a depth of 1 by itself
        transparent = 255 * transparent // (2**depth - 1)
    opaque = (pixels != np.array(transparent)).any(axis=-1, keepdims=True)
    return np.concatenate([pixels, opaque * np.iinfo(pixels.dtype).max], axis=-1, dtype=pixels.dtype, casting="unsafe")


def _with_channels(pixels: np.ndarray, channels: int) -> np.ndarray:
    found = pixels.shape[-1]
    if found == channels:
        return pixels
    if channels not in (1, 3) or found > 4:
        raise ValueError(f"the picture has {found} channels; expected {channels}")
    if found in (2, 4):
        pixels = _over_white(pixels)
    if pixels.shape[-1] == channels:
        return pixels
    if channels == 3:
        return pixels.repeat(3, axis=-1)
    return ((pixels.astype(np.int64) @ _LUMA + 2**15) >> 16).astype(pixels.dtype)[..., None]


def _over_white(pixels: np.ndarray) -> np.ndarray:
    """Pixels whose last channel is their opacity, laid over white, without it."""
    white = int(np.iinfo(pixels.dtype).max)
    colour, opacity = pixels[..., :-1].astype(np.int64), pixels[..., -1:].astype(np.int64)
    return (white - ((white - colour) * opacity + white // 2) // white).astype(pixels.dtype)


def _with_bits(pixels: np.ndarray, sixteen: bool) -> np.ndarray:
    if sixteen == (pixels.dtype == np.uint16):
        return pixels
    return pixels.astype(np.uint16) * 257 if sixteen else (pixels >> 8).astype(np.uint8)


def resized(pixels: np.ndarray, size: int, nearest: bool) -> np.ndarray:
    """Pixels [S, S, C], unsigned integers or float32 in [-1, 1], as [size, size, C] of the same type and range."""
    if pixels.shape[0] == size:
        return pixels
    filtering = Image.Resampling.NEAREST if nearest else Image.Resampling.LANCZOS
    if pixels.dtype == np.uint8 and pixels.shape[-1] in (1, 3):
        picture = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
        return np.asarray(picture.resize((size, size), filtering)).reshape(size, size, -1)
    each = np.stack([np.asarray(Image.fromarray(channel.astype(np.float32)).resize((size, size), filtering))
                     for channel in np.moveaxis(pixels, -1, 0)], axis=-1)
    if pixels.dtype.kind == "f":
        return np.clip(each, -1.0, 1.0)
    return np.clip(np.floor(each + 0.5), 0, np.iinfo(pixels.dtype).max).astype(pixels.dtype)
