"""Training accuracy over the epochs, a small panel for each point of a grid axis."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, sqrt
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from overfit.figures.curves import diverged_seeds, draw_band, percent_axis
from overfit.figures.panels import epoch_axis, key_above, small_multiples
from overfit.figures.theme import MUTED, SMALL, variant_style
from overfit.figures.wording import label, mean_and_range, point
from overfit.metrics.histories import read_histories

MAX_PANELS = 25
MAX_VARIANTS = 4


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a panel for each point of the axis, a line for each variant.

    Raises:
        ValueError: the grid lacks the axis, has others, or has too many points or variants.
    """
    axis = figure["options"]["axis"]
    _check(plan, axis)
    points = plan["grid"][axis]
    histories = read_histories(plan, results)
    columns = ceil(sqrt(len(points)))
    height = {1: 3.2, 2: 2.1, 3: 1.75, 4: 1.5, 5: 1.3}[columns]
    drawing, panels = small_multiples(len(points), columns, height)
    for axes, value in zip(panels, points, strict=True):
        # The first variant last, and so on top: its dashes show where lines coincide.
        for variant in reversed(plan["variants"]):
            rows = histories[(histories[axis] == value) & (histories["variant"] == variant)]
            draw_band(axes, rows, "train", variant_style(list(plan["variants"]), variant))
        percent_axis(axes, (0, 50, 100))
        axes.set_title(point(axis, value), fontweight="normal", pad=3)
        here = histories[histories[axis] == value]
        diverged = sum(diverged_seeds(rows) for _, rows in here.groupby("variant"))
        if diverged:
            axes.set_title(
                f"{diverged} diverged",
                loc="right",
                fontsize=SMALL,
                fontweight="normal",
                color=MUTED,
                pad=3,
            )
    epoch_axis(panels, histories["epoch"].max(), ticks=3)
    styles = {
        label(plan, variant): variant_style(list(plan["variants"]), variant)
        for variant in plan["variants"]
    }
    key_above(drawing, styles)
    drawing.supxlabel("Epoch", fontsize=8)
    drawing.supylabel(
        f"Training accuracy (%)\n{mean_and_range(plan['seeds'])}", fontsize=8, ma="center"
    )
    return drawing


def _check(plan: Mapping[str, Any], axis: str) -> None:
    grid, experiment = plan["grid"], plan["experiment"]
    if list(grid) != [axis]:
        raise ValueError(
            f"{experiment}: weight_scale_panel needs a grid of the single axis {axis}; "
            f"the grid has {', '.join(grid) or 'no axes'}"
        )
    if len(grid[axis]) > MAX_PANELS or len(plan["variants"]) > MAX_VARIANTS:
        raise ValueError(
            f"{experiment}: weight_scale_panel can draw up to {MAX_PANELS} points of "
            f"{MAX_VARIANTS} variants; there are {len(grid[axis])} of {len(plan['variants'])}"
        )
