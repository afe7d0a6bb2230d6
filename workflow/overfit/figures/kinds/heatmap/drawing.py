"""A metric over two grid axes: a coloured cell for each pair of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from overfit.figures.point_scale import CHARACTER
from overfit.figures.samples import Estimate, estimates, metrics_of, variants_of
from overfit.figures.theme import INK, SINGLE_WIDTH, SMALL, WIDTH
from overfit.figures.wording import axis_label, counted, label, value_text, wrapped
from overfit.metrics.table import Metric, metric

SEQUENTIAL, DIVERGING = "viridis", "PuOr_r"
MISSING = "#dddddd"
LOWEST = 1.3
"""Inches; the height of a panel, at least."""


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a row of panels for each metric and a column for each variant.

    Several metrics of a single variant share a row.
    """
    options = figure["options"]
    metrics = metrics_of(plan, results)
    baseline = options["relative_to"]
    variants = [variant for variant in variants_of(plan, figure) if variant != baseline]
    names = options["metrics"]
    panels = [(name, variant) for name in names for variant in variants]
    columns = len(variants) if len(variants) > 1 else len(names)
    rows = len(panels) // columns
    xs, ys = (_ascending(plan["grid"][options[side]]) for side in ("x", "y"))
    width = SINGLE_WIDTH if columns == 1 else WIDTH
    cell = (width - 0.9 - (0.9 if len(variants) == 1 else 0.2) * columns) / columns / len(xs)
    height = max(min(max(0.26, cell * 0.62), 0.5), LOWEST / len(ys))
    drawing = Figure(figsize=(width, 0.75 + rows * (0.45 + height * len(ys))), layout="constrained")
    grid = drawing.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    found = {
        panel: estimates(
            metrics,
            panel[0],
            [
                (panel[1], {**options["at"], options["x"]: x, options["y"]: y})
                for y in ys
                for x in xs
            ],
            minus=baseline,
        )
        for panel in panels
    }
    for name in names:
        shown = metric(name)
        mine = [panel for panel in panels if panel[0] == name]
        norm = _norm([e for panel in mine for e in found[panel]], signed=bool(baseline))
        targets = [grid.flat[panels.index(panel)] for panel in mine]
        for axes, panel in zip(targets, mine, strict=True):
            cells = _Cells(found[panel], norm, DIVERGING if baseline else SEQUENTIAL, shown)
            mesh = cells.draw(axes, len(xs), len(ys), cell=cell)
            _axes(axes, xs, ys, cell)
            title = label(plan, panel[1]) if len(variants) > 1 else shown.label
            axes.set_title(wrapped(title, max(14, int(54 / columns))))
        what = shown.difference_axis if baseline else shown.axis
        if baseline and len(variants) > 1:
            what = f"{shown.label}: {what.lower()}"
        if len(variants) == 1:  # the title says what
            what = shown.difference_unit if baseline else shown.unit
        bar = drawing.colorbar(mesh, ax=targets, aspect=18, pad=0.015)
        bar.set_label(wrapped(what, max(14, int(14 * height * len(ys)))), fontsize=8)
        bar.outline.set_visible(False)
    drawing.supylabel(axis_label(options["y"]), fontsize=8)
    n = f"mean of {counted(plan['seeds'], 'seed')}"
    if baseline:
        n = f"minus {label(plan, baseline)}, seed by seed: {n}"
    drawing.supxlabel(f"{axis_label(options['x'])}\n({n})", fontsize=8)
    return drawing


class _Cells:
    """The cells of one panel, row by row from the bottom."""

    def __init__(
        self, found: Sequence[Estimate], norm: Normalize, colours: str, shown: Metric
    ) -> None:
        self.found, self.norm, self.shown = found, norm, shown
        self.colours = colormaps[colours].with_extremes(bad=MISSING)

    def draw(self, axes: Axes, columns: int, rows: int, *, cell: float) -> Any:
        means = np.reshape([estimate.mean for estimate in self.found], (rows, columns))
        mesh = axes.pcolormesh(
            np.ma.masked_invalid(means),
            cmap=self.colours,
            norm=self.norm,
            edgecolors="white",
            linewidth=0.6,
        )
        axes.set_facecolor(MISSING)
        texts = self._texts(cell)
        for i, estimate in enumerate(self.found):
            row, column = divmod(i, columns)
            if estimate.diverged:
                self._hatch(axes, column, row)
            if texts and len(estimate.seeds):
                self._write(axes, column, row, estimate.mean, texts[i])
        axes.grid(visible=False)
        return mesh

    def _texts(self, cell: float) -> list[str]:
        """The means as texts; rounded to whole numbers where cells are narrow, or none at all."""
        for shown in (self.shown, replace(self.shown, decimals=0)):
            texts = [shown.text(estimate.mean) for estimate in self.found]
            if cell >= CHARACTER * (max(map(len, texts)) + 0.5):
                return texts
            if not self.shown.decimals:
                break
        return []

    def _hatch(self, axes: Axes, column: int, row: int) -> None:
        axes.add_patch(
            Rectangle(
                (column, row), 1, 1, fill=False, hatch="////", ec=(1, 1, 1, 0.55), lw=0, gid="hatch"
            )
        )

    def _write(self, axes: Axes, column: int, row: int, mean: float, text: str) -> None:
        red, green, blue, _ = self.colours(self.norm(mean))
        light = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
        axes.text(
            column + 0.5,
            row + 0.5,
            text,
            ha="center",
            va="center",
            fontsize=SMALL,
            color=INK if light else "white",
            bbox={"fc": (red, green, blue), "ec": "none", "pad": 0.6},
        )


def _norm(found: Sequence[Estimate], *, signed: bool) -> Normalize:
    """The range of the means; about 0 for differences."""
    means: NDArray[np.float64] = np.asarray([estimate.mean for estimate in found])
    means = means[~np.isnan(means)]
    if not len(means):
        return Normalize(0, 1)
    if signed:
        end = float(np.abs(means).max()) or 1.0
        return Normalize(-end, end)
    return Normalize(float(means.min()), float(means.max()))


def _ascending(points: Sequence[Any]) -> list[Any]:
    """Numbers from low to high; names as they are in the file."""
    numbers = all(isinstance(p, int | float) and not isinstance(p, bool) for p in points)
    return sorted(points) if numbers else list(points)


def _axes(axes: Axes, xs: Sequence[Any], ys: Sequence[Any], cell: float) -> None:
    texts = [value_text(x) for x in xs]
    step = int(np.ceil((max(map(len, texts)) + 1) * CHARACTER / cell))
    axes.set_xticks([i + 0.5 for i in range(0, len(xs), step)], texts[::step])
    axes.set_yticks([i + 0.5 for i in range(len(ys))], [value_text(y) for y in ys])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
