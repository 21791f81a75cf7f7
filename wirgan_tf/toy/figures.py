"""The figures: real points, generated points and level lines of the critic, a panel for each experiment."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

EXTENT = 2.2  # of the panels, from the origin: the Swiss roll reaches 2
_GRID = 128  # scores are looked up on a grid of this many points per side
_LEVELS = 16
_INCHES, _DPI = 3.0, 100  # of a panel; three abreast are 900 pixels wide


class Panel(NamedTuple):
    """One experiment.

    title: above it.
    real: float32 [N, 2].
    generated: float32 [N, 2], or None to draw none.
    score: the critic, points [M, 2] -> scores [M].
    """

    title: str
    real: np.ndarray
    generated: np.ndarray | None
    score: Callable[[np.ndarray], np.ndarray]


def sheet(rows: Sequence[Sequence[Panel]]) -> Image.Image:
    """Panels in rows, as a picture of 300 by 320 pixels per panel; rows may have different lengths."""
    columns = max(len(row) for row in rows)
    figure = Figure(figsize=(_INCHES * columns, (_INCHES + 0.2) * len(rows)), dpi=_DPI, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.subplots(len(rows), columns, squeeze=False)
    for row, row_axes in zip(rows, axes, strict=True):
        for panel, panel_axes in zip(row, row_axes, strict=False):
            _draw(panel, panel_axes)
        for empty in row_axes[len(row):]:
            empty.set_axis_off()
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])


def _draw(panel: Panel, axes) -> None:
    side = np.linspace(-EXTENT, EXTENT, _GRID, dtype=np.float32)
    points = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    axes.contour(side, side, panel.score(points).reshape(_GRID, _GRID), levels=_LEVELS, linewidths=0.7, cmap="viridis",
                 zorder=1)
    axes.scatter(*panel.real.T, s=4, color="darkgrey", linewidths=0, zorder=2)
    if panel.generated is not None:
        axes.scatter(*panel.generated.T, s=4, color="tab:red", linewidths=0, zorder=3)
    axes.set(title=panel.title, xlim=(-EXTENT, EXTENT), ylim=(-EXTENT, EXTENT), xticks=(), yticks=(), aspect="equal")
    axes.title.set_size(8)
