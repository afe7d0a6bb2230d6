"""Accuracy over the epochs, a panel for each variant, with a band over the seeds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import offset_copy

from overfit.analysis.histories import read_histories
from overfit.figures.curves import diverged_seeds, draw_band, percent_axis
from overfit.figures.panels import epoch_axis, small_multiples
from overfit.figures.theme import MUTED, SMALL, SPLITS
from overfit.figures.wording import label, mean_and_range, point, wrapped

MAX_PANELS = 8
TITLE_LINE = 0.15
"""Inches; a line of a title."""
LABEL_DISTANCE = 8.5
"""Percentage points between two labels at the right of a panel, at least."""


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a panel for each cell of the plan.

    Raises:
        ValueError: there are more than eight cells.
    """
    cells = plan["cells"]
    if len(cells) > MAX_PANELS:
        raise ValueError(
            f"{plan['experiment']}: learning_curves can draw up to {MAX_PANELS} variants and grid "
            f"points; there are {len(cells)}"
        )
    histories = read_histories(plan, results)
    rows = [_rows(histories, cell) for cell in cells]
    columns = len(cells) if len(cells) <= 3 else 2 if len(cells) == 4 else 3
    width = 26 if columns == 3 else 44
    titles = [_title(plan, *pair, width) for pair in zip(cells, rows, strict=True)]
    height = (2.1 if columns < 3 else 1.9) + TITLE_LINE * max(t.count("\n") for t in titles)
    drawing, panels = small_multiples(len(cells), columns, height)
    for axes, shown, title in zip(panels, rows, titles, strict=True):
        _panel(axes, shown)
        axes.set_title(title)
    epoch_axis(panels, histories["epoch"].max(), ticks=5)
    drawing.supxlabel("Epoch", fontsize=8)
    drawing.supylabel(f"Accuracy (%)\n{mean_and_range(plan['seeds'])}", fontsize=8, ma="center")
    return drawing


def _rows(histories: pd.DataFrame, cell: Mapping[str, Any]) -> pd.DataFrame:
    chosen = histories["variant"] == cell["variant"]
    for axis, value in cell["at"].items():
        chosen &= histories[axis] == value
    return histories[chosen]


def _title(
    plan: Mapping[str, Any], cell: Mapping[str, Any], histories: pd.DataFrame, width: int
) -> str:
    words = [label(plan, cell["variant"]), *(point(*at) for at in cell["at"].items())]
    diverged = diverged_seeds(histories)
    note = f" ({diverged} of {plan['seeds']} seeds diverged)" if diverged else ""
    return wrapped(", ".join(words) + note, width)


def _panel(axes: Axes, histories: pd.DataFrame) -> None:
    ends: dict[str, pd.DataFrame] = {}
    for split in ("train", "test"):
        band = draw_band(axes, histories, split, SPLITS[split])
        ends[split] = band
    percent_axis(axes)
    train, test = (float(band["mean"].iloc[-1]) for band in ends.values())
    if np.isnan([train, test]).any():
        _names(axes, ends)
    else:
        _end_labels(axes, train, test)


def _end_labels(axes: Axes, train: float, test: float) -> None:
    """At the right of a panel: a bracket over the gap, and the three numbers without overlap."""
    right = axes.get_yaxis_transform()
    beside = offset_copy(right, axes.get_figure(root=True), x=5, units="points")
    axes.plot([1, 1], [test, train], color=MUTED, lw=1, transform=beside, clip_on=False)
    labels = [
        (train, f"train {train:.1f}", SPLITS["train"].colour),
        ((train + test) / 2, f"gap {train - test:.1f}".replace("-", "−"), MUTED),
        (test, f"test {test:.1f}", SPLITS["test"].colour),
    ]
    if test > train:
        labels.reverse()
    heights = _spread([height for height, _, _ in labels])
    for height, (_, text, colour) in zip(heights, labels, strict=True):
        axes.annotate(
            text,
            (1, height),
            (9, 0),
            xycoords=right,
            textcoords="offset points",
            color=colour,
            fontsize=SMALL,
            va="center",
        )


def _names(axes: Axes, bands: Mapping[str, pd.DataFrame]) -> None:
    """The names of lines that break off, at their last points."""
    for split, band in bands.items():
        last = band.dropna().tail(1)
        axes.annotate(
            split,
            (last["epoch"].item(), last["mean"].item()),
            (4, 0),
            textcoords="offset points",
            color=SPLITS[split].colour,
            fontsize=SMALL,
            va="center",
        )


def _spread(heights: list[float]) -> list[float]:
    """Heights, descending, moved apart around the middle one, and kept within the panel."""
    top, middle, bottom = heights
    top, bottom = max(top, middle + LABEL_DISTANCE), min(bottom, middle - LABEL_DISTANCE)
    shift = min(0.0, 100.0 - top) + max(0.0, -bottom)
    return [top + shift, middle + shift, bottom + shift]
