"""Curves of measures over generator updates, with bands over training seeds."""

import io
from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from wirgan_tf.studies.results import Curve

_SIZE = 7.0, 3.6  # inches
_BAND = 0.2  # opacity


def draw_curves(title: str, groups: Mapping[str, Sequence[Curve]]) -> bytes:
    """A figure as SVG: for each group, the mean over its runs, and a band from the lowest to the highest run.

    Args:
      title: what the vertical axis shows.
      groups: curves of the runs of each group, by its name; a group without curves is left out.
    """
    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.add_subplot(xlabel="generator updates", ylabel=title)
    for number, (name, curves) in enumerate(groups.items()):
        updates = shared_updates(curves)
        if not updates:
            continue
        values = np.array([[curve[update] for update in updates] for curve in curves])
        colour = f"C{number % 10}"
        axes.plot(updates, values.mean(axis=0), marker=".", color=colour, label=name,
                  linestyle="-" if number < 10 else "--")
        axes.fill_between(updates, values.min(axis=0), values.max(axis=0), color=colour, alpha=_BAND, linewidth=0)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="small")
    return as_svg(figure)


def shared_updates(curves: Sequence[Curve]) -> list[int]:
    """Updates at which every one of the curves has a value.

    >>> shared_updates([{100: 2.0, 200: 1.0}, {200: 1.5, 300: 1.0}])
    [200]
    """
    return sorted(set.intersection(*(set(curve) for curve in curves))) if curves else []


def as_svg(figure: Figure) -> bytes:
    """The figure as an SVG document, the same bytes for the same figure."""
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "wirgan_tf"}):
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None})
    return buffer.getvalue()
