"""Images of any size for networks that take multiples of some number: padded by reflection, and cropped back."""

import tensorflow as tf


def reflected_places(size: tf.Tensor | int, padded: tf.Tensor | int) -> tf.Tensor:
    """Where the `padded` pixels of a row of `size` pixels are taken from, int32 [padded]: 0 1 2 1 0 1 ...

    The pixels at both ends are not repeated. Unlike with `tf.pad`, a row may be padded by more pixels than it has.

    >>> reflected_places(3, 8).numpy().tolist()
    [0, 1, 2, 1, 0, 1, 2, 1]
    >>> reflected_places(1, 4).numpy().tolist()
    [0, 0, 0, 0]
    """
    period = tf.maximum(2 * (size - 1), 1)
    places = tf.range(padded) % period
    return tf.minimum(places, period - places)


def padded_size(size: tf.Tensor | int, multiple: int, least: int) -> tf.Tensor:
    """The smallest multiple of `multiple` that is at least `size` and `least`.

    >>> [int(padded_size(size, multiple=4, least=8)) for size in (1, 8, 9)]
    [8, 8, 12]
    """
    return tf.maximum(-(-size // multiple), -(-least // multiple)) * multiple


def padded(images: tf.Tensor, multiple: int, least: int = 1) -> tf.Tensor:
    """Images [B, H, W, C], at least 1x1, padded below and to the right to multiples of `multiple`, at least `least`.

    Crop the result of a network by `cropped`.
    """
    height, width = tf.shape(images)[1], tf.shape(images)[2]
    rows = reflected_places(height, padded_size(height, multiple, least))
    columns = reflected_places(width, padded_size(width, multiple, least))
    return tf.gather(tf.gather(images, rows, axis=1), columns, axis=2)


def cropped(images: tf.Tensor, like: tf.Tensor) -> tf.Tensor:
    """The part of images [B, H, W, C] that has the height and width of `like`, which was padded."""
    return images[:, :tf.shape(like)[1], :tf.shape(like)[2]]
