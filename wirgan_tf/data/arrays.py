"""What arrays of images, labels and attributes must be; each error says what was found and how to fix it."""

from collections.abc import Sequence

import numpy as np

_ROUNDING = 1e-3  # how far images may leave [-1, 1]
_SHOWN = 5
_BRIGHTEST_SEEN = 128  # of images whose brightest pixel is taken to be 255


def check_images(images: np.ndarray) -> None:
    """Raises `ValueError` unless images are pixels, uint8 0 .. 255 or float32 in [-1, 1], or points, float32 [N, D]."""
    kind, shape = images.dtype, list(images.shape)
    if images.ndim == 3:
        raise ValueError(f"images of shape {shape}: expected [N, height, width, channels]; if they are grey, give "
                         "images[..., None]")
    if images.ndim not in (2, 4):
        raise ValueError(f"images of shape {shape}: expected [N, height, width, channels], or [N, D] of points")
    if not images.size:
        return
    if kind == np.uint8:
        if images.max() == 1:
            raise ValueError("images are uint8 of 0 and 1 alone: expected uint8 from 0 to 255; give 255 * images")
        return
    if kind.kind != "f":
        fix = ("images.astype(np.uint8) * 255" if kind.kind == "b" else
               "images.astype(np.uint8), if they are from 0 to 255")
        raise ValueError(f"images are {kind}, {_range(images)}: expected uint8 from 0 to 255, or float32 in [-1, 1]; "
                         f"give {fix}")
    if not np.isfinite([images.min(), images.max()]).all():
        raise ValueError("images hold values that are NaN or infinite; fix them, or leave those images out")
    scaled = "images" if images.ndim == 2 else _scaled(images)  # points have the data's own units
    if kind != np.float32:
        scaled = f"{scaled if scaled == 'images' else f'({scaled})'}.astype(np.float32)"
    if scaled != "images":
        raise ValueError(f"images are {kind}, {_range(images)}: expected uint8 from 0 to 255, or float32 in [-1, 1], "
                         f"where black is -1; give {scaled}")


def _scaled(images: np.ndarray) -> str:
    """The expression that brings floating-point images to [-1, 1]: "images" when they are there already."""
    low, high = images.min(), images.max()
    if low >= -1 - _ROUNDING and high <= 1 + _ROUNDING:
        return "2 * images - 1" if 0 <= low < high else "images"
    if low >= 0 and _BRIGHTEST_SEEN <= high <= 255:
        return "images / 127.5 - 1"
    middle, half = (high + low) / 2, (high - low) / 2
    return f"images / {half:g} - 1" if low == 0 else f"(images - {middle:g}) / {half:g}".replace("- -", "+ ")


def check_source(source: np.ndarray, count: int) -> None:
    """Raises `ValueError` unless the input images of translations are `count` images that `check_images` accepts."""
    if len(source) != count or source.ndim != 4:
        raise ValueError(f"source of shape {list(source.shape)} for {count} images: expected [{count}, height, width, "
                         "channels], the input of each")
    try:
        check_images(source)
    except ValueError as error:
        raise ValueError(f"source: {error}") from error


def check_scaled(images: np.ndarray, whose: str) -> None:
    """Raises `ValueError` for images [N, ...] of the source `whose` that are not float32, finite, and in [-1, 1].

    Points, [N, D], may be in any units.
    """
    if images.dtype != np.float32:
        raise ValueError(f"the source {whose!r} gives images of {images.dtype}: expected float32 in [-1, 1]; give "
                         "tf.cast(images, tf.float32) / 127.5 - 1 if they are from 0 to 255")
    if not np.isfinite(images).all():
        raise ValueError(f"the source {whose!r} gives values that are NaN or infinite; leave those examples out")
    if images.ndim != 2 and np.abs(images).max(initial=0.0) > 1 + _ROUNDING:
        raise ValueError(f"the source {whose!r} gives images {_range(images)}: expected float32 in [-1, 1]; give "
                         "images / 127.5 - 1 if they are from 0 to 255")


def _range(values: np.ndarray) -> str:
    return f"from {values.min():g} to {values.max():g}" if values.dtype.kind in "iuf" else "not of numbers"


def check_labels(labels: np.ndarray, count: int, class_names: Sequence[str], num_classes: int) -> None:
    """Raises `ValueError` unless labels are integers [count] in 0 .. num_classes - 1, and for wrong names."""
    if labels.ndim == 2 and labels.shape[1] == 1:
        raise ValueError(f"labels of shape {list(labels.shape)}: expected [{count}]; give labels[:, 0]")
    if labels.ndim == 2 and labels.shape[1] == num_classes:
        raise ValueError(f"labels of shape {list(labels.shape)}: expected the number of each image's class, "
                         f"[{count}]; give labels.argmax(axis=1)")
    if labels.shape != (count,):
        raise ValueError(f"labels of shape {list(labels.shape)} for {count} images: expected [{count}]")
    if labels.dtype.kind not in "iu" and labels.size:
        raise ValueError(f"labels are {labels.dtype}: expected integers; give labels.astype(np.int64) if they are "
                         "whole numbers, or the places of their names in class_names")
    if class_names and len(class_names) != num_classes:
        raise ValueError(f"num_classes={num_classes}, and class_names has {len(class_names)} names; give one a class")
    _check_unlike("class_names", class_names)
    if labels.size and (num_classes < 1 or labels.min() < 0 or labels.max() >= num_classes):
        expected = f"0 to num_classes - 1 = {num_classes - 1}" if num_classes else "num_classes, which was not given"
        outside = np.unique(labels[(labels < 0) | (labels >= num_classes)])
        shown = ", ".join(str(label) for label in outside[:_SHOWN]) + (", ..." if len(outside) > _SHOWN else "")
        raise ValueError(f"labels are from {labels.min()} to {labels.max()}: expected {expected}; outside are {shown}")


def check_attributes(attributes: np.ndarray, count: int, attribute_names: Sequence[str]) -> None:
    """Raises `ValueError` unless attributes are 0 and 1, [count, A], A the number of `attribute_names`."""
    expected = [count, len(attribute_names)]
    if list(attributes.shape) != expected or not attribute_names:
        raise ValueError(f"attributes of shape {list(attributes.shape)} for {count} images and {len(attribute_names)} "
                         "attribute_names: expected a row an image and a column a name")
    _check_unlike("attribute_names", attribute_names)
    if not np.isin(attributes, (0, 1)).all():
        found = np.unique(attributes)[:_SHOWN]
        fix = "; give (attributes + 1) // 2" if np.isin(attributes, (-1, 1)).all() else ""
        raise ValueError(f"attributes hold {', '.join(str(value) for value in found)}: expected 0 and 1 alone{fix}")


def _check_unlike(what: str, names: Sequence[str]) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{what} has {', '.join(map(repr, twice[:_SHOWN]))} more than once")
