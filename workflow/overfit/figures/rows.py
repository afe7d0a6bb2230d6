"""Rows of means with intervals: one for each variant, numbers at the right."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from overfit.figures.samples import Estimate
from overfit.figures.theme import INK, MUTED, SMALL, Style
from overfit.metrics.table import Metric


def draw_seeds(axes: Axes, y: float, row: Estimate, style: Style, size: float = 8) -> None:
    """The seeds of a row as dots."""
    axes.scatter(
        row.seeds, np.full(len(row.seeds), y), s=size, color=style.colour, alpha=0.45, lw=0
    )


def draw_mean(axes: Axes, y: float, row: Estimate, style: Style) -> None:
    """The mean of a row as a marker, and its interval as a bar."""
    if not len(row.seeds):
        return
    axes.plot([row.low, row.high], [y, y], color=style.colour, lw=1.5, marker="|", ms=4.5, mew=1)
    axes.plot(row.mean, y, style.marker, color=style.colour, ms=4, mec="white", mew=0.5)


def write_numbers(
    axes: Axes, y: float, row: Estimate, shown: Metric, seeds: int, *, sign: str = ""
) -> None:
    """At the right of a row: the mean, n if seeds are missing from it, and below the interval."""
    n = len(row.seeds)
    if not n:
        _beside(axes, y, 0.0, "diverged")
        return
    missing = f" (n = {n})" if n < seeds else ""
    _beside(axes, y, 3.6, shown.text(row.mean, sign=sign) + missing)
    if not np.isnan(row.low):
        _beside(axes, y, -4.2, f"[{shown.text(row.low)}, {shown.text(row.high)}]", MUTED)


def frame_rows(axes: Axes, rows: int, ticks: int) -> None:
    """Axes of a panel of rows, the first at the top."""
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))
    axes.set_ylim(rows - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)


def _beside(axes: Axes, y: float, points: float, text: str, colour: str = INK) -> None:
    axes.annotate(
        text,
        (1, y),
        (4, points),
        xycoords=axes.get_yaxis_transform(),
        textcoords="offset points",
        va="center",
        fontsize=SMALL,
        color=colour,
    )
