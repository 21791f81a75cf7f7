"""Pictures decoded in a graph, against how this package reads files of training data."""

import io
import struct
import zlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from wirgan_tf.data.images import whole_image
from wirgan_tf.exporting.decoding import decoded

MOST = 100


@pytest.fixture(scope="module")
def decode():
    graphs = {channels: tf.function(lambda file, channels=channels: decoded(file, channels, MOST),
                                    input_signature=[tf.TensorSpec([], tf.string)]) for channels in (1, 3)}
    return lambda content, channels=3: graphs[channels](content).numpy()


def picture(mode="RGBA"):
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, [5, 7, 4], np.uint8), "RGBA").convert(mode)


def encoded(image, kind="PNG", **settings):
    file = io.BytesIO()
    image.save(file, kind, **settings)
    return file.getvalue()


def header(width, height, depth=8):
    """A PNG that says how large it is, and has no pixels."""
    fields = b"IHDR" + struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + fields + struct.pack(">I", zlib.crc32(fields))


FILES = {
    "RGB": encoded(picture("RGB")), "grey": encoded(picture("L")), "one bit": encoded(picture("1")),
    "transparent": encoded(picture()), "grey and transparent": encoded(picture("LA")),
    "few colours": encoded(picture("RGB").quantize(7)), "many colours": encoded(picture("RGB").quantize(30)),
    "16 bits": encoded(Image.fromarray(np.arange(35, dtype=np.uint16).reshape(5, 7) * 1800)),
    "JPEG": encoded(picture("RGB"), "JPEG"), "grey JPEG": encoded(picture("L"), "JPEG"),
    "one pixel": encoded(Image.new("RGB", (1, 1), "red")),
}


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", FILES)
def test_as_training_data_is_read(decode, name, channels):
    expected = whole_image(io.BytesIO(FILES[name]), channels) / 127.5 - 1.0
    # Rounding over white, and of a JPEG's transformation.
    np.testing.assert_allclose(decode(FILES[name], channels), expected, atol=1.01 / 127.5)
    if "transparent" not in name and "JPEG" not in name:
        np.testing.assert_allclose(decode(FILES[name], channels), expected, atol=1e-6)


@pytest.mark.parametrize(("content", "message"), [
    (b"", "source_bytes must be a PNG or JPEG file"),
    (encoded(picture("RGB"), "GIF"), "source_bytes must be a PNG or JPEG file"),
    (FILES["RGB"][:20], "source_bytes must be a PNG or JPEG file"),
    (FILES["RGB"][:60], "Invalid PNG"),
    (header(7, 5), "PNG"),
    (FILES["JPEG"][:100], "Invalid JPEG"),
    (b"\xff\xd8\xffno picture", "Invalid JPEG"),
    (header(4000, 3000), "source_bytes must be of at most 100 pixels, got] [3000] [x] [4000]"),
    (header(2**31 - 1, 2**31 - 1), "source_bytes must be of at most 100 pixels"),
    (header(0, 5), "source_bytes must be of at most 100 pixels, got] [5] [x] [0]"),
    (header(2**32 - 7, 5), "source_bytes must be of at most 100 pixels"),
    (encoded(Image.new("RGB", (40, 30)), "JPEG"), "source_bytes must be of at most 100 pixels, got] [30] [x] [40]"),
])
def test_what_is_no_picture_or_too_large(decode, content, message):
    with pytest.raises(tf.errors.InvalidArgumentError) as error:
        decode(content)
    assert message.replace("[", "").replace("]", "") in error.value.message.replace("[", "").replace("]", "")
