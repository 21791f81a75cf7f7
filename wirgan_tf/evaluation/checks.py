"""What every measure asks of its input, said in one place."""

import numpy as np
import tensorflow as tf

_SLACK = 1e-3  # beyond [-1, 1]: half-precision generators round tanh's 1 up


def rows(*, minimum: int, **arrays: np.ndarray | tf.Tensor) -> list[np.ndarray]:
    """The named arrays as floating-point NumPy arrays [n, d], checked.

    Args:
      minimum: fewest rows each must have.
      **arrays: features or logits by the name to use in errors; with several, d must be the same in all.

    Raises: `ValueError` for another rank, too few rows, differing d, or values that are not finite.
    """
    checked = {name: _as_rows(name, value, minimum) for name, value in arrays.items()}
    widths = {name: value.shape[1] for name, value in checked.items()}
    if len(set(widths.values())) > 1:
        listed = ", ".join(f"{name} has {width}" for name, width in widths.items())
        raise ValueError(f"the sets must have equally many features, but {listed}; use one feature network for both")
    return list(checked.values())


def _as_rows(name: str, value: np.ndarray | tf.Tensor, minimum: int) -> np.ndarray:
    array = np.asarray(value)
    if array.ndim != 2 or array.shape[1] == 0:
        raise ValueError(f"{name} has shape {list(array.shape)}; expected [n, d], one row for each sample")
    if len(array) < minimum:
        raise ValueError(f"{name} has {len(array)} rows; this measure needs at least {minimum}: take more "
                         f"{'real images' if name == 'real' else 'samples'}")
    exact = array.dtype == np.float64 or array.dtype.kind in "iub"
    array = array.astype(np.float64 if exact else np.float32, copy=False)
    bad = len(array) - int(np.isfinite(array).all(axis=1).sum())
    if bad:
        raise ValueError(f"{name} has NaN or infinity in {bad} of {len(array)} rows; look at the images they come from")
    return array


def labels(value: np.ndarray, count: int, num_classes: int) -> np.ndarray:
    """`value` as int64 [count], checked to be in 0 .. num_classes - 1. Raises `ValueError`.

    >>> labels([0, 3], 2, num_classes=3)
    Traceback (most recent call last):
    ValueError: labels range from 0 to 3; expected 0 .. 2
    """
    array = np.asarray(value)
    if array.shape != (count,) or array.dtype.kind not in "iu":
        raise ValueError(f"labels are {array.dtype} of shape {list(array.shape)}; expected whole numbers of shape "
                         f"[{count}], one for each sample")
    if array.min() < 0 or array.max() >= num_classes:
        raise ValueError(f"labels range from {array.min()} to {array.max()}; expected 0 .. {num_classes - 1}")
    return array.astype(np.int64)


def images(value: np.ndarray | tf.Tensor, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """`value` as float32 [n, H, W, C] in [-1, 1]. Whole numbers are refused: they are pixels 0 .. 255, or 0 and 1.

    Args:
      value: images.
      shape: (H, W, C) they must have; any by default.

    Raises: `ValueError` for another shape, no images, whole numbers, NaN, infinity, or values outside [-1, 1].
    """
    array = np.asarray(value)
    if array.ndim != 4 or 0 in array.shape:
        raise ValueError(f"images have shape {list(array.shape)}; expected [n, H, W, C] with n >= 1")
    if shape is not None and array.shape[1:] != tuple(shape):
        raise ValueError(f"images have shape {list(array.shape[1:])}; expected {list(shape)}, the size of the data set "
                         "that the feature network belongs to")
    if not np.issubdtype(array.dtype, np.floating) and array.dtype != tf.bfloat16.as_numpy_dtype:
        raise ValueError(f"images are of type {array.dtype}; expected floating-point values in [-1, 1]: pixels "
                         "0 .. 255 are scaled by x / 127.5 - 1")
    array = array.astype(np.float32, copy=False)
    lowest, highest = float(array.min()), float(array.max())
    if not np.isfinite([lowest, highest]).all():
        raise ValueError(f"images hold NaN or infinity (smallest {lowest}, largest {highest}); has training diverged?")
    if lowest < -1 - _SLACK or highest > 1 + _SLACK:
        raise ValueError(f"images range from {lowest:g} to {highest:g}; expected [-1, 1]: pixels 0 .. 255 are "
                         "scaled by x / 127.5 - 1")
    return array


def note_on_range(lowest: float) -> str:
    """A note on a set of images whose smallest value is `lowest`: [0, 1] is within [-1, 1], and wrong.

    >>> note_on_range(-0.5)
    ''
    """
    return "" if lowest < 0 else "no value is below 0: are the images in [0, 1] rather than in [-1, 1]?"
