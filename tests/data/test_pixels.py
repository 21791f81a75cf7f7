import io
import struct
import zlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wirgan_tf.data.pixels import Pixels, is_dim, read_pixels


def saved(image, ending="PNG", **settings):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, ending, **settings)
    return buffer.getvalue()


def array(values):
    buffer = io.BytesIO()
    np.save(buffer, values)
    return buffer.getvalue()


def read(content, channels=3, size=4, **settings):
    pixels = Pixels(channels, **settings)
    return pixels.square(read_pixels(content, pixels.exact), size)


RANDOM = np.random.default_rng(0)
GREY, COLOUR = RANDOM.integers(0, 256, (4, 4), np.uint8), RANDOM.integers(0, 256, (4, 4, 3), np.uint8)
OPACITY = RANDOM.integers(0, 256, (4, 4, 4), np.uint8)
DEEP_GREY, DEEP_COLOUR = RANDOM.integers(0, 2**16, (4, 4), np.uint16), RANDOM.integers(0, 2**16, (4, 4, 3), np.uint16)


def test_channels_are_brought_to_those_of_the_model():
    np.testing.assert_array_equal(read(saved(GREY)), GREY[..., None].repeat(3, axis=-1))
    np.testing.assert_array_equal(read(saved(GREY), 1), GREY[..., None])
    np.testing.assert_array_equal(read(saved(COLOUR)), COLOUR)
    np.testing.assert_array_equal(read(saved(COLOUR), 1)[..., 0], Image.fromarray(COLOUR).convert("L"))
    np.testing.assert_array_equal(read(saved(OPACITY), 4), OPACITY)


@pytest.mark.parametrize("sixteen", [False, True])
def test_what_is_transparent_is_laid_over_white(sixteen):
    found = read(saved(OPACITY), sixteen_bits=sixteen).astype(float) / (257 if sixteen else 1)
    share = OPACITY[..., 3:] / 255
    np.testing.assert_allclose(found, OPACITY[..., :3] * share + 255 * (1 - share), atol=1.01)


def test_sixteen_bits_are_kept():
    np.testing.assert_array_equal(read(saved(DEEP_GREY), 1, sixteen_bits=True)[..., 0], DEEP_GREY)
    np.testing.assert_array_equal(read(saved(DEEP_GREY, "TIFF"), 1, sixteen_bits=True)[..., 0], DEEP_GREY)
    colour = tf.io.encode_png(DEEP_COLOUR).numpy()
    np.testing.assert_array_equal(read(colour, sixteen_bits=True), DEEP_COLOUR)
    np.testing.assert_array_equal(read(array(DEEP_COLOUR), sixteen_bits=True), DEEP_COLOUR)
    np.testing.assert_array_equal(read(colour), DEEP_COLOUR >> 8)


def test_eight_bits_fill_the_range_of_sixteen():
    found = read(saved(COLOUR), sixteen_bits=True)
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found, COLOUR.astype(int) * 257)
    jpeg = saved(np.full((4, 4, 3), 90, np.uint8), "JPEG")
    np.testing.assert_allclose(read(jpeg, sixteen_bits=True), 90 * 257, atol=257)


def test_arrays_have_any_number_of_channels():
    bands = RANDOM.integers(0, 256, (4, 4, 7), np.uint8)
    np.testing.assert_array_equal(read(array(bands), 7), bands)
    np.testing.assert_array_equal(read(array(GREY), 1), GREY[..., None])
    with pytest.raises(ValueError, match=r"^the picture has 7 channels; expected 6$"):
        read(array(bands), 6)
    with pytest.raises(ValueError, match=r"^the picture has 7 channels; expected 3$"):
        read(array(bands))
    with pytest.raises(ValueError, match=r"^the picture has 3 channels; expected 2$"):
        read(saved(COLOUR), 2)


@pytest.mark.parametrize("values", [np.zeros((4, 4, 3)), np.zeros(4, np.uint8), np.zeros((0, 4, 3), np.uint8)])
def test_arrays_of_other_types_are_refused(values):
    for function in (is_dim, lambda content: read_pixels(content, exact=False)):
        with pytest.raises(ValueError, match=r"expected uint8 or uint16 \[height, width, channels\]$"):
            function(array(values))


@pytest.mark.parametrize("length", [4, 20, 30, 60])
def test_a_broken_png_is_named_as_one_in_plain_words(length):
    with pytest.raises(ValueError, match=r"^not a PNG that can be read: the file is damaged or cut short$"):
        read_pixels(saved(COLOUR)[:length], exact=True)


ONE_TO_SIX = 1000 * np.array([[1, 2, 3], [4, 5, 6]])


@pytest.mark.parametrize(("mark", "expected"), [
    (1, [[1, 2, 3], [4, 5, 6]]), (2, [[3, 2, 1], [6, 5, 4]]), (3, [[6, 5, 4], [3, 2, 1]]), (4, [[4, 5, 6], [1, 2, 3]]),
    (5, [[1, 4], [2, 5], [3, 6]]), (6, [[4, 1], [5, 2], [6, 3]]), (7, [[6, 3], [5, 2], [4, 1]]),
    (8, [[3, 6], [2, 5], [1, 4]])])
@pytest.mark.parametrize(("ending", "dtype"), [("PNG", np.uint16), ("TIFF", np.uint16), ("TIFF", np.int32)])
def test_the_mark_of_a_camera_is_obeyed(mark, expected, ending, dtype):
    exif = Image.Exif()
    exif[0x0112] = mark
    content = saved(ONE_TO_SIX.astype(dtype), ending, exif=exif)
    np.testing.assert_array_equal(read_pixels(content, exact=True)[..., 0], 1000 * np.array(expected))


def test_a_transparent_colour_is_laid_over_white():
    two = np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)
    red = saved(two, transparency=(255, 0, 0))
    np.testing.assert_array_equal(read_pixels(red, exact=True), [[[255, 0, 0, 0], [0, 0, 255, 255]]])
    np.testing.assert_array_equal(Pixels(3, sixteen_bits=True).whole(read_pixels(red, exact=True)),
                                  257 * np.array([[[255, 255, 255], [0, 0, 255]]]))
    deep = saved(np.array([[7, 40000]], np.uint16), transparency=7)
    np.testing.assert_array_equal(Pixels(1, sixteen_bits=True).whole(read_pixels(deep, exact=True))[..., 0],
                                  [[65535, 40000]])


def test_a_transparent_grey_of_two_bits():
    """Greys 1 and 2 of 0 .. 3, which are 85 and 170 of 0 .. 255; 1 is transparent."""
    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    png = b"".join([b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 2, 0, 0, 0, 0)),
                    chunk(b"tRNS", b"\x00\x01"), chunk(b"IDAT", zlib.compress(b"\x00\x60")), chunk(b"IEND", b"")])
    np.testing.assert_array_equal(read_pixels(png, exact=True), [[[85, 0], [170, 255]]])


@pytest.mark.parametrize("dtype", [np.uint16, np.int32])
def test_all_bits_of_a_grey_tiff_are_kept(dtype):
    values = np.array([[7, 107], [207, 307]])
    np.testing.assert_array_equal(read(saved(values.astype(dtype), "TIFF"), 1, 2, sixteen_bits=True)[..., 0], values)


def test_a_grey_tiff_whose_white_is_0_is_turned():
    values = np.array([[0, 7], [307, 65535]])
    content = saved(values.astype(np.uint16), "TIFF")
    tag = struct.pack("<HHIHH", 262, 3, 1, 1, 0)  # photometric interpretation, a short: black is 0
    assert content.count(tag) == 1
    content = content.replace(tag, struct.pack("<HHIHH", 262, 3, 1, 0, 0))
    np.testing.assert_array_equal(read(content, 1, 2, sixteen_bits=True)[..., 0], [[65535, 65528], [65228, 0]])
    np.testing.assert_array_equal(read(content, 1, 2)[..., 0], [[255, 255], [254, 0]])


def test_values_beyond_16_bits_are_refused():
    with pytest.raises(ValueError, match=r"^grey values range from -1 to 70000; expected 0 to 65535$"):
        read_pixels(saved(np.array([[-1, 70000]], np.int32), "TIFF"), exact=True)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("sixteen", [False, True])
def test_the_centred_square_is_resized(channels, sixteen):
    """Two columns of the square stand for one, whose value is between theirs; none from outside blends in."""
    wide = np.zeros((8, 20, channels), np.uint8)
    wide[:, 6:14] = np.array([0, 0, 100, 100, 200, 200, 40, 40], np.uint8)[:, None]
    nearest = Pixels(channels, sixteen, nearest=True).square(wide, 4)
    scale = 257 if sixteen else 1
    np.testing.assert_array_equal(nearest, np.broadcast_to(scale * np.array([0, 100, 200, 40])[:, None],
                                                           (4, 4, channels)))
    smooth = Pixels(channels, sixteen).square(wide, 4)
    assert smooth.dtype == nearest.dtype
    np.testing.assert_allclose(smooth[2], nearest[2], atol=30 * scale)
    assert (smooth != nearest).any()
