"""Accuracy or loss over the epochs, a panel for each variant, with a band over the seeds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import offset_copy

from overfit.figures.cells import Cell, cells_of, histories_of, rows_of
from overfit.figures.curves import FEW_SEEDS, band, diverged_seeds, draw_band, percent_axis
from overfit.figures.labels import label_end, spread_labels
from overfit.figures.panels import epoch_axis, small_multiples
from overfit.figures.theme import MUTED, SMALL, SPLITS, variant_styles
from overfit.figures.wording import label, mean_and_range, point, wrapped
from overfit.metrics.table import metric

NAMES = {"train": "train", "validation": "valid.", "test": "test"}

MAX_PANELS = 16
TITLE_LINE = 0.15
"""Inches; a line of a title."""
GAP_HEIGHT = 1.9
"""Inches; the panel of gaps."""
LABEL_DISTANCE = 8.5
"""Percentage points between two labels at the right of a panel, at least."""
HEADROOM = 1.5
"""The largest loss that is shown, as a multiple of the largest before the first update."""


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a panel for each cell of the plan that the figure shows.

    Raises:
        ValueError: there are more than sixteen of them.
    """
    options = figure["options"]
    cells = cells_of(plan, figure)
    if len(cells) > MAX_PANELS:
        raise ValueError(
            f"{plan['experiment']}: learning_curves can draw up to {MAX_PANELS} variants and grid "
            f"points; there are {len(cells)}"
        )
    histories = histories_of(plan, cells, results)
    rows = [rows_of(histories, cell) for cell in cells]
    columns = _columns(len(cells))
    width = {3: 26, 4: 21}.get(columns, 44)
    at = options.get("at", {})
    titles = [_title(plan, at, *pair, width) for pair in zip(cells, rows, strict=True)]
    height = (2.1 if columns < 3 else 1.9 if columns == 3 else 1.5) + TITLE_LINE * max(
        title.count("\n") for title in titles
    )
    gap = options.get("gap", False)
    drawing, panels = small_multiples(len(cells), columns, height, below=GAP_HEIGHT if gap else 0.0)
    if options.get("quantity") == "loss":
        _loss_axis(panels[0], histories, _splits(options))
    for axes, shown, title in zip(panels, rows, titles, strict=False):
        _panel(axes, shown, options, FEW_SEEDS if columns < 4 else 0)
        axes.set_title(title)
    epoch_axis(panels, histories["epoch"].max(), ticks=5 if columns < 4 else 3)
    if gap:
        _gap_panel(plan, panels[-1], cells, rows)
    drawing.supxlabel("Epoch", fontsize=8)
    what = "Loss (nats)" if options.get("quantity") == "loss" else "Accuracy (%)"
    said = drawing.supylabel(f"{what}\n{mean_and_range(plan['seeds'])}", fontsize=8, ma="center")
    if gap:  # beside the panels that it is about
        said.set_y(0.5 + GAP_HEIGHT / 2 / drawing.get_figheight())
    spread_labels(drawing)
    return drawing


def _columns(count: int) -> int:
    if count <= 3:
        return count
    return 2 if count == 4 else 3 if count <= 9 else 4


def _splits(options: Mapping[str, Any]) -> list[str]:
    return list(options.get("splits", ("train", "test")))


def _title(
    plan: Mapping[str, Any], at: Mapping[str, Any], cell: Cell, histories: pd.DataFrame, width: int
) -> str:
    places = [point(axis, value) for axis, value in cell["at"].items() if axis not in at]
    words = [label(plan, cell["variant"]), *places]
    diverged = diverged_seeds(histories)
    note = f" ({diverged} of {plan['seeds']} seeds diverged)" if diverged else ""
    return wrapped(", ".join(words) + note, width)


def _panel(axes: Axes, histories: pd.DataFrame, options: Mapping[str, Any], few: int) -> None:
    quantity, splits = options.get("quantity", "accuracy"), _splits(options)
    ends = {
        split: draw_band(axes, histories, split, SPLITS[split], quantity, few) for split in splits
    }
    finals = {split: float(band["mean"].iloc[-1]) for split, band in ends.items()}
    if quantity == "accuracy":
        percent_axis(axes)
    if np.isnan(list(finals.values())).any():
        _names(axes, ends)
    elif quantity == "accuracy" and set(splits) == {"train", "test"}:
        _end_labels(axes, finals["train"], finals["test"])
    else:
        wording = metric(f"train_{quantity}")
        for split, final in finals.items():
            text = f"{NAMES[split]} {wording.text(final)}"
            label_end(axes, final, text, SPLITS[split].colour)


def _loss_axis(axes: Axes, histories: pd.DataFrame, splits: list[str]) -> None:
    """From 0 to the largest mean; a loss that explodes is cut off."""
    shown = histories[histories["split"].isin(splits)]
    keys = ["run", "split", "update"]
    means = shown.groupby(keys)["loss"].mean()
    first = means[means.index.get_level_values("update") == 0].max()
    axes.set_ylim(0, 1.05 * min(means.max(), HEADROOM * first))


def _gap_panel(
    plan: Mapping[str, Any], axes: Axes, cells: list[Cell], rows: list[pd.DataFrame]
) -> None:
    """The gap of each variant over the epochs."""
    styles = variant_styles(list(plan["variants"]), [cell["variant"] for cell in cells])
    for cell, histories in zip(cells, rows, strict=True):
        keys = ["seed", "epoch"]
        train, test = (
            histories[histories["split"] == split].set_index(keys)["accuracy"]
            for split in ("train", "test")
        )
        gap = (train - test).rename("gap").reset_index().assign(split="gap")
        style = styles[cell["variant"]]
        drawn = band(gap, "gap", "gap").dropna()
        if drawn.empty:
            continue
        axes.fill_between(
            drawn["epoch"], drawn["low"], drawn["high"], color=style.colour, alpha=0.12, lw=0
        )
        axes.plot(drawn["epoch"], drawn["mean"], color=style.colour, ls=style.dashes, gid="gap")
        text = wrapped(label(plan, cell["variant"]), 20)
        label_end(axes, float(drawn["mean"].iloc[-1]), text, style.colour)
    axes.axhline(0, color=MUTED, lw=0.8, zorder=1)
    axes.set_title("Gap")
    axes.set_ylabel("Points")


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
    """The names of lines that break off, at their last points; some have none."""
    for split, drawn in bands.items():
        seen = drawn.dropna()
        if seen.empty:
            continue
        last = seen.iloc[-1]
        axes.annotate(
            split,
            (float(last["epoch"]), float(last["mean"])),
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
