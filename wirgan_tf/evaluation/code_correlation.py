"""Does a learned continuous code stand for slant or thickness (Chen et al. 2016, arXiv 1606.03657, section 7.2)?"""

import warnings

import numpy as np
import scipy.stats
import tensorflow as tf

from wirgan_tf.evaluation import checks


def slant(images: np.ndarray | tf.Tensor) -> np.ndarray:
    """Horizontal shift of the ink per pixel upwards, mu_xy / mu_yy of its second moments: the shear of a stroke.

    Args:
      images: [n, H, W, C] in [-1, 1], bright ink on a background of -1.

    Returns: float64 [n], positive for ink that leans to the right; 0 for an image without ink in two rows.
    """
    ink = _ink(images)
    height, width = ink.shape[1:]
    x, y = np.arange(width, dtype=np.float64), np.arange(height, 0, -1, dtype=np.float64)
    mass = np.maximum(ink.sum(axis=(1, 2)), np.finfo(np.float64).tiny)
    columns, rows = ink.sum(axis=1), ink.sum(axis=2)  # [n, W], [n, H]
    from_middle_x = x - (columns @ x / mass)[:, np.newaxis]
    from_middle_y = y - (rows @ y / mass)[:, np.newaxis]
    mu_xy = np.einsum("nhw,nh,nw->n", ink, from_middle_y, from_middle_x)
    mu_yy = np.einsum("nh,nh->n", rows, from_middle_y**2)
    return np.divide(mu_xy, mu_yy, out=np.zeros_like(mu_xy), where=mu_yy > 1e-9 * mass)


def thickness(images: np.ndarray | tf.Tensor) -> np.ndarray:
    """Mean ink, float64 [n] in [0, 1], of images [n, H, W, C] in [-1, 1] with bright ink on a background of -1.

    >>> thickness(np.array([-1.0, -1.0, -1.0, 1.0]).reshape(1, 2, 2, 1))
    array([0.25])
    """
    return _ink(images).mean(axis=(1, 2))


def _ink(images: np.ndarray | tf.Tensor) -> np.ndarray:
    """[n, H, W], 0 for -1 and 1 for 1."""
    return (np.clip(checks.images(images).astype(np.float64), -1, 1).mean(axis=3) + 1) / 2


def code_correlation(codes: np.ndarray, quantity: np.ndarray) -> np.ndarray:
    """Absolute rank correlation (Spearman's) of each code with a quantity of the samples.

    Args:
      codes: [n, K], the continuous codes that each sample was drawn with, n >= 2.
      quantity: [n], such as `slant` or `thickness`.

    Returns: float64 [K] in [0, 1]; 0 for a code or a quantity that is always the same.
    Raises: `ValueError` for codes or quantities of another shape, or not finite.

    >>> code_correlation([[0.1, 1.0], [0.2, 1.0], [0.9, 1.0]], [3.0, 2.0, -7.0])
    array([1., 0.])
    """
    codes, column = checks.rows(minimum=2, codes=codes), checks.rows(minimum=2, quantity=np.asarray(quantity)[:, None])
    codes, column = codes[0], column[0]
    if len(codes) != len(column):
        raise ValueError(f"there are {len(codes)} codes and {len(column)} quantities; expected one of each sample")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", scipy.stats.ConstantInputWarning)  # its result, NaN, becomes 0
        found = [scipy.stats.spearmanr(code, column[:, 0]).statistic for code in codes.T]
    return np.abs(np.nan_to_num(found))
