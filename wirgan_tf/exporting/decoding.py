"""Decoding a picture in the graph of an export: a PNG or JPEG file, whose header is read first."""

import tensorflow as tf

from wirgan_tf.exporting.checking import checked

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_SIZE_AT, _DEPTH_AT, _HEADER = 16, 24, 26  # bytes of a PNG: where the size is, where the depth is, the header's end
_LUMA = (19595, 38470, 7471)  # of 2^16, as Pillow's


def decoded(file: tf.Tensor, channels: int, most_pixels: int) -> tf.Tensor:
    """The pixels of a PNG or JPEG file, string [], as float32 [H, W, channels] in [-1, 1].

    Transparent pixels are laid over white, 16 bits are cut to 8. A camera's rotation mark is ignored, and so is the one
    transparent colour of a PNG with less than 8 bits.

    Args:
      file: its bytes.
      channels: 3 for RGB, 1 for grey.
      most_pixels: more are refused before anything is decoded.

    Fails with INVALID_ARGUMENT for other files, and for broken ones.
    """
    is_png = tf.strings.substr(file, 0, len(_PNG)) == _PNG
    is_jpeg = tf.strings.substr(file, 0, len(_JPEG)) == _JPEG
    file = checked(file, is_png & (tf.strings.length(file) >= _HEADER) | is_jpeg,
                   "source_bytes must be a PNG or JPEG file, got", tf.strings.length(file), "bytes of something else")
    height, width = tf.unstack(tf.cond(is_png, lambda: _png_size(file), lambda: tf.image.extract_jpeg_shape(file)[:2]),
                               num=2)
    pixels = tf.cast(height, tf.int64) * tf.cast(width, tf.int64)
    file = checked(file, (height > 0) & (width > 0) & (pixels <= most_pixels),
                   f"source_bytes must be of at most {most_pixels} pixels, got", height, "x", width)
    rgb = tf.cond(is_png, lambda: _png_over_white(file),
                  lambda: tf.cast(tf.io.decode_jpeg(file, channels=3, dct_method="INTEGER_ACCURATE"), tf.int32))
    rgb = tf.ensure_shape(rgb, [None, None, 3])
    values = rgb if channels == 3 else (tf.reduce_sum(rgb * _LUMA, axis=-1, keepdims=True) + 2**15) // 2**16
    return tf.cast(values, tf.float32) / 127.5 - 1.0


def _png_size(file: tf.Tensor) -> tf.Tensor:
    """Height and width, int32 [2], according to the header."""
    width_and_height = tf.io.decode_raw(tf.strings.substr(file, _SIZE_AT, 8), tf.int32, little_endian=False)
    return tf.ensure_shape(width_and_height, [2])[::-1]


def _png_over_white(file: tf.Tensor) -> tf.Tensor:
    """The pixels of a PNG laid over white, int32 [H, W, 3]."""
    def blended() -> tf.Tensor:
        rgba = tf.cast(tf.io.decode_png(file, channels=4), tf.int32)
        rgb, alpha = rgba[..., :3], rgba[..., 3:]
        return (rgb * alpha + 255 * (255 - alpha) + 127) // 255

    # TensorFlow makes pixels of less than 8 bits almost transparent when it is asked for an alpha channel.
    depth = tf.io.decode_raw(tf.strings.substr(file, _DEPTH_AT, 1), tf.uint8)[0]
    return tf.cond(depth >= 8, blended, lambda: tf.cast(tf.io.decode_png(file, channels=3), tf.int32))
