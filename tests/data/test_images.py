import io
import struct
import subprocess
import sys
import textwrap
import zlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageOps, PngImagePlugin

from wirgan_tf import data
from wirgan_tf.data.identity import Origin
from wirgan_tf.data.images import DECODING_ERRORS, StreamedSource, is_dim, square_image

RED, BLUE = (255, 0, 0), (0, 0, 255)
ORIENTATION = 0x0112


def two_colours(size=(16, 16)):
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", size, BLUE)
    picture.paste(RED, (0, 0, size[0] // 2, size[1]))
    return picture


def encoded(picture, file_format, **settings):
    file = io.BytesIO()
    picture.save(file, file_format, **settings)
    return file.getvalue()


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def with_chunk(png, kind, content):
    """A PNG with one more chunk behind its header."""
    return png[:33] + chunk(kind, content) + png[33:]


def png(width, height, bits, colour_type, rows, transparent=None):
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0))
    transparency = b"" if transparent is None else chunk(b"tRNS", transparent)
    palette = chunk(b"PLTE", b"\x10\x20\x30\x40\x50\x60") if colour_type == 3 else b""
    pixels = chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
    return b"\x89PNG\r\n\x1a\n" + header + palette + transparency + pixels + chunk(b"IEND", b"")


def read(content, size=2):
    """The picture at its own size, once it has passed the check."""
    is_dim(io.BytesIO(content))
    return square_image(io.BytesIO(content), size).astype(int)


def left_and_right(content):
    return read(content, 16)[8, [2, 13]]


def text(**named):
    info = PngImagePlugin.PngInfo()
    for name, value in named.items():
        info.add_text(name.replace("_", " "), value)
    return info


MARK = b"MM\0*\0\0\0\x08\0\1\1\x12"  # a directory of one entry, the orientation, up to its type
BROKEN_ORIENTATIONS = {
    "png, header of the mark": with_chunk(encoded(two_colours(), "PNG"), b"eXIf", bytes.fromhex("0008000201120003")),
    "png, empty": with_chunk(encoded(two_colours(), "PNG"), b"eXIf", b""),
    "png, directory cut short": with_chunk(encoded(two_colours(), "PNG"), b"eXIf", b"MM\0*\0\0\0\x08\0\x09\x01"),
    "png, text that is no hexadecimal": encoded(two_colours(), "PNG", pnginfo=text(Raw_profile_type_exif="\n\n\nxyz")),
    "png, text named xmp": encoded(two_colours(), "PNG", pnginfo=text(xmp="tiff:Orientation='3'")),
    "webp": encoded(two_colours(), "WEBP", lossless=True, exif=b"garbage!!"),
    "jpeg": encoded(two_colours(), "JPEG", quality=95, subsampling=0, exif=b"Exif\0\0garbage!!"),
    "png, of another type": encoded(two_colours(), "PNG", exif=MARK + b"\0\2\0\0\0\2up\0\0\0\0\0\0"),
    "png, out of range": encoded(two_colours(), "PNG", exif=MARK + b"\0\3\0\0\0\1\0\x63\0\0\0\0\0\0"),
}


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("content", BROKEN_ORIENTATIONS.values(), ids=BROKEN_ORIENTATIONS.keys())
def test_a_broken_orientation_is_no_orientation(content):
    np.testing.assert_allclose(left_and_right(content), [RED, BLUE], atol=12)


@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientations_are_obeyed_as_pillow_does(file_format, orientation):
    corners = Image.new("RGB", (32, 32), "white")
    corners.paste(RED, (0, 0, 16, 16))
    corners.paste(BLUE, (16, 0, 32, 16))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    content = encoded(corners, file_format, exif=exif)
    with Image.open(io.BytesIO(content)) as image:
        expected = np.asarray(ImageOps.exif_transpose(image).convert("RGB")).astype(int)
    np.testing.assert_array_equal(read(content, 32), expected)


@pytest.mark.filterwarnings("ignore:Truncated File Read")
def test_an_orientation_whose_other_marks_are_broken_is_obeyed():
    """Pillow's own function writes all marks anew, and fails."""
    entries = struct.pack(">HHII", ORIENTATION, 3, 1, 3 << 16) + struct.pack(">HHII", 0x011A, 5, 1, 0xFFFF)
    content = with_chunk(encoded(two_colours(), "PNG"), b"eXIf", b"MM\0*\0\0\0\x08\0\2" + entries + b"\0\0\0\0")
    np.testing.assert_array_equal(left_and_right(content), [BLUE, RED])


def damaged_images():
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (24, 24, 3), np.uint8))
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    whole = [encoded(noise, "PNG", exif=exif), encoded(noise, "JPEG", exif=exif), encoded(noise, "WEBP", exif=exif),
             encoded(noise, "GIF"), encoded(noise, "BMP"), encoded(noise, "TIFF", exif=exif),
             encoded(noise, "TIFF", compression="tiff_lzw"), encoded(noise.convert("P"), "PNG", transparency=3)]
    random = np.random.default_rng(1)
    for number in range(1500):
        content = bytearray(whole[number % len(whole)])
        places = random.integers(0, min(len(content), 400 if number % 2 else 10**9), random.integers(1, 5))
        for place in places:
            content[place] = random.integers(0, 256)
        yield bytes(content)


@pytest.mark.filterwarnings("ignore")  # of Pillow, on what it finds
def test_what_passes_the_check_can_be_read():
    outcomes = set()
    for content in damaged_images():
        try:
            is_dim(io.BytesIO(content))
            passed = True
        except DECODING_ERRORS:
            passed = False
        outcomes.add(passed)
        if passed:
            assert square_image(io.BytesIO(content), 8).shape == (8, 8, 3)
    assert outcomes == {True, False}


@pytest.mark.parametrize("settings", [
    {"pnginfo": text()}, {"icc_profile": b"p" * 3_000_000}, {"icc_profile": bytes(20_000_000)}])
def test_megabytes_beside_the_pixels(settings):
    if "pnginfo" in settings:
        settings["pnginfo"].add_text("workflow", "node " * 2**20, zip=True)
        settings["pnginfo"].add_itxt("notes", "node " * 2**20, zip=True)
    np.testing.assert_array_equal(left_and_right(encoded(two_colours(), "PNG", **settings)), [RED, BLUE])


GREY_16 = struct.pack(">2H", 0x1234, 0x12FF), struct.pack(">2H", 0x8000, 0xFF00)


def test_sixteen_bits_of_grey_keep_their_transparency():
    """0x12ff has the high byte of the transparent 0x1234 and is not transparent."""
    np.testing.assert_array_equal(read(png(2, 2, 16, 0, GREY_16))[..., 0], [[0x12, 0x12], [0x80, 0xFF]])
    np.testing.assert_array_equal(read(png(2, 2, 16, 0, GREY_16, struct.pack(">H", 0x1234)))[..., 0],
                                  [[255, 0x12], [0x80, 0xFF]])


@pytest.mark.parametrize(("bits", "colour_type", "rows", "transparent"), [
    (8, 0, [b"\x10\x20", b"\x30\x40"], struct.pack(">H", 0x10)),
    (4, 0, [b"\x12", b"\x34"], struct.pack(">H", 1)),
    (2, 0, [b"\x60", b"\xf0"], struct.pack(">H", 1)),
    (1, 0, [b"\x80", b"\x00"], struct.pack(">H", 1)),
    (8, 3, [b"\0\1", b"\1\1"], b"\0"),
    (8, 2, [b"\x10\x11\x12\x20\x21\x22", b"\x30" * 6], struct.pack(">3H", 0x10, 0x11, 0x12)),
    (16, 2, [struct.pack(">6H", 0x1234, 1, 2, 0x2000, 3, 4), b"\x30" * 12], struct.pack(">3H", 0x1234, 1, 2)),
    (16, 4, [struct.pack(">4H", 0x1234, 0, 0x2000, 0xFFFF), b"\xff" * 8], None),
])
def test_transparency_of_other_kinds(bits, colour_type, rows, transparent):
    found = read(png(2, 2, bits, colour_type, rows, transparent))
    assert (found[0, 0] == 255).all()
    assert found[0, 1, 0] < 255


@pytest.mark.parametrize(("values", "dim"), [
    ([[0, 255], [100, 7]], True), ([[0, 4095], [0, 0]], True), ([[0, 4096], [0, 0]], False), ([[0, 0], [0, 0]], False),
    ([[65535, 0], [0, 0]], False)])
def test_greys_of_a_low_range(values, dim):
    for file_format in ("PNG", "TIFF"):
        assert is_dim(io.BytesIO(encoded(Image.fromarray(np.array(values, np.uint16)), file_format))) is dim
    assert not is_dim(io.BytesIO(encoded(Image.new("L", (2, 2), 7), "PNG")))


@pytest.mark.parametrize(("values", "message"), [
    (np.array([[0, 70_000]], np.int32), "grey values range from 0 to 70000; expected 0 to 65535"),
    (np.array([[-1, 7]], np.int32), "grey values range from -1 to 7; expected"),
    (np.array([[0.0, 0.5]], np.float32), "floating-point pixels have no set range"),
])
def test_pixels_of_no_known_range_are_refused(values, message):
    content = encoded(Image.fromarray(values), "TIFF")
    with pytest.raises(ValueError, match=message):
        is_dim(io.BytesIO(content))


def test_an_unreadable_image_of_a_stream_is_named():
    pictures = [encoded(two_colours(), "PNG"), b"broken"]
    source = StreamedSource("stream", 2, 4, lambda index: square_image(io.BytesIO(pictures[index]), 4),
                            origin=Origin("identity", [b"a.png", b"b/c.png"]))
    assert (source.identity, source.example_keys()) == ("identity", [b"a.png", b"b/c.png"])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"image 1 of stream \(b/c\.png\) cannot be"):
        list(data.batches_in_order(source, 2))


_SCRIPT = textwrap.dedent("""
    import time
    import numpy as np
    from wirgan_tf.data import training_batches
    from wirgan_tf.data.identity import Origin
    from wirgan_tf.data.images import StreamedSource

    def read(index):
        time.sleep(0.01)
        return np.zeros([4, 4, 3], np.uint8)

    source = StreamedSource("slow", 9, 4, read, origin=Origin("slow", [b""] * 9))
    batches = iter(training_batches(source, batch_size=8, batches=5, seed=0))
    next(batches)
    print("done")
""")


@pytest.mark.timeout(300)
def test_a_program_ends_while_its_pipeline_reads():
    """Without care it hangs: the iterator is alive until the interpreter's end and its threads are inside `read`."""
    ended = subprocess.run([sys.executable, "-c", _SCRIPT], timeout=290, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "done\n"
