"""Distances between two sets of features, block by block: memory stays the same however many rows there are."""

from collections.abc import Iterator

import numpy as np

from wirgan_tf.evaluation import checks

_TILE = 2048  # rows of each set turned into float64 at a time
_ENTRIES = 8 * 2**20  # distances held at a time, 64 MB
_ROUNDING = 1e-13  # of |a|^2 + |b|^2, below which a distance is that of a point to its copy


def checked_pair(real, fake, k: int) -> list[np.ndarray]:
    """The two sets, checked for a measure of the `k` nearest neighbours. Raises `ValueError`."""
    if k < 1:
        raise ValueError(f"k={k}: must be at least 1")
    return checks.rows(minimum=k + 1, real=real, fake=fake)


def squared_distances(rows: np.ndarray, columns: np.ndarray) -> Iterator[tuple[slice, np.ndarray]]:
    """Yields (which rows, their squared distances [r, len(columns)] in float64) for all of `rows`."""
    centre = columns.mean(axis=0, dtype=np.float64)  # distances are the same and round less
    step = max(1, min(_TILE, _ENTRIES // len(columns)))
    for start in range(0, len(rows), step):
        part = slice(start, min(start + step, len(rows)))
        yield part, _tiles(rows[part] - centre, columns, centre)


def _tiles(rows: np.ndarray, columns: np.ndarray, centre: np.ndarray) -> np.ndarray:
    distances = np.empty((len(rows), len(columns)))
    row_norms = np.einsum("nd,nd->n", rows, rows)[:, None]
    for start in range(0, len(columns), _TILE):
        tile = columns[start:start + _TILE] - centre
        norms = row_norms + np.einsum("nd,nd->n", tile, tile)
        squares = norms - 2 * (rows @ tile.T)
        squares[squares < _ROUNDING * norms] = 0.0
        distances[:, start:start + _TILE] = squares
    return distances


def squared_radii(features: np.ndarray, k: int) -> np.ndarray:
    """[n], each row's squared distance to its `k`-th nearest other row."""
    radii = np.empty(len(features))
    for part, distances in squared_distances(features, features):
        index = np.arange(len(distances))
        distances[index, index + part.start] = np.inf  # a row is not its own neighbour
        radii[part] = np.partition(distances, k - 1, axis=1)[:, k - 1]
    return radii
