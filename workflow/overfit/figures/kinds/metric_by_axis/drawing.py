"""Metrics against a grid axis: for each variant a line of means with a band of intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from overfit.figures.kinds.metric_by_axis.words import FEW_POINTS
from overfit.figures.labels import label_end, spread_labels
from overfit.figures.panels import key_above, say_if_empty
from overfit.figures.point_scale import PointScale, point_scale
from overfit.figures.samples import DIVERGED, Estimate, Place, estimates, metrics_of, variants_of
from overfit.figures.theme import MUTED, SINGLE_WIDTH, WIDTH, Style, ordered_styles, variant_styles
from overfit.figures.wording import axis_label, counted, label, titled, wrapped
from overfit.metrics.table import Metric, metric

LABEL_WIDTH = 18
"""Characters of a name at the end of a line."""


@dataclass(frozen=True)
class Line:
    """One line of a panel: the places along the axis."""

    name: str
    style: Style
    places: list[Place]


@dataclass(frozen=True)
class Column:
    """A column of panels with the same lines."""

    title: str
    lines: list[Line]


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a row of panels for each metric, a column for each point of the panels' axis."""
    options = figure["options"]
    metrics = metrics_of(plan, results)
    scale = point_scale(plan["grid"][options["axis"]], options["scale"])
    columns = _columns(plan, figure, scale)
    names, baseline = options["metrics"], options["relative_to"]
    drawing, grid = _panels(len(names), len(columns))
    for row, name in enumerate(names):
        shown = metric(name)
        means: list[float] = []
        for axes, column in zip(grid[row], columns, strict=True):
            found = _panel(axes, metrics, name, column.lines, scale, baseline)
            means += [estimate.mean for line in found for estimate in line]
            if best := options["best"].get(name):
                _mark_best(axes, scale, column.lines, found, best)
            if row == 0:
                axes.set_title(column.title)
        what = f"{shown.label}:\n{shown.difference_axis.lower()}" if baseline else shown.axis
        grid[row, 0].set_ylabel(wrapped(what, 24) if "\n" not in what else what)
        _value_axis(grid[row, 0], name, shown, bool(baseline))
        for axes in grid[row]:
            say_if_empty(axes, means)
    _finish(plan, options, drawing, grid, columns, scale)
    return drawing


def _columns(plan: Mapping[str, Any], figure: Mapping[str, Any], scale: PointScale) -> list[Column]:
    options = figure["options"]
    variants = [v for v in variants_of(plan, figure) if v != options["relative_to"]]
    looks = variant_styles(list(plan["variants"]), variants)
    points = [scale.points[i] for i in scale.order]
    axis, at, second = options["axis"], options["at"], options["panels"] or options["lines"]

    def line(variant: str, name: str, style: Style, more: Mapping[str, Any]) -> Line:
        return Line(name, style, [(variant, {**at, **more, axis: p}) for p in points])

    if options["lines"]:
        values = plan["grid"][second]
        styles = ordered_styles(len(values))
        return [
            Column(
                label(plan, variant) if len(variants) > 1 else "",
                [
                    line(variant, titled(second, value), style, {second: value})
                    for value, style in zip(values, styles, strict=True)
                ],
            )
            for variant in variants
        ]
    return [
        Column(
            titled(second, value) if second else "",
            [
                line(v, label(plan, v), looks[v], {second: value} if second else {})
                for v in variants
            ],
        )
        for value in (plan["grid"][second] if second else [None])
    ]


def _panels(rows: int, columns: int) -> tuple[Figure, Any]:
    height = {1: 2.6, 2: 1.75, 3: 1.5, 4: 1.35}[rows]
    width = WIDTH if columns > 1 else SINGLE_WIDTH
    drawing = Figure(figsize=(width, 0.55 + rows * height), layout="constrained")
    grid = drawing.subplots(rows, columns, sharex=True, sharey="row", squeeze=False)
    return drawing, grid


def _panel(
    axes: Axes,
    metrics: Any,
    name: str,
    lines: Sequence[Line],
    scale: PointScale,
    baseline: str | None,
) -> list[list[Estimate]]:
    """Draw the lines of a panel; give what each of them shows."""
    x = np.asarray([scale.positions[i] for i in scale.order])
    if baseline:
        axes.axhline(0, color=MUTED, lw=0.8, zorder=1)
    found = [estimates(metrics, name, line.places, minus=baseline) for line in lines]
    few = len(x) <= FEW_POINTS and name != DIVERGED
    # The first on top: its dashes show where lines coincide.
    for line, shown in reversed(list(zip(lines, found, strict=True))):
        draw_estimates(axes, x, shown, line.style, seeds=few)
    return found


def _mark_best(
    axes: Axes,
    scale: PointScale,
    lines: Sequence[Line],
    found: Sequence[Sequence[Estimate]],
    best: str,
) -> None:
    """A ring around the highest or the lowest mean of each line."""
    x = [scale.positions[i] for i in scale.order]
    for line, shown in zip(lines, found, strict=True):
        means = np.asarray([estimate.mean for estimate in shown])
        if np.isnan(means).all():
            continue
        at = int(np.nanargmax(means if best == "highest" else -means))
        axes.plot(x[at], means[at], "o", ms=9, mfc="none", mec=line.style.colour, gid="best")


def draw_estimates(
    axes: Axes,
    x: np.ndarray[Any, np.dtype[np.float64]],
    found: Sequence[Estimate],
    style: Style,
    *,
    seeds: bool,
) -> None:
    """Draw a line of means with its band; markers of incomplete estimates are hollow."""
    means = np.asarray([estimate.mean for estimate in found])
    low = np.asarray([estimate.low for estimate in found])
    high = np.asarray([estimate.high for estimate in found])
    axes.fill_between(x, low, high, color=style.colour, alpha=0.16, lw=0)
    if seeds:
        for place, estimate in zip(x, found, strict=True):
            axes.scatter(
                np.full(len(estimate.seeds), place),
                estimate.seeds,
                s=5,
                color=style.colour,
                alpha=0.35,
                lw=0,
            )
    axes.plot(x, means, color=style.colour, ls=style.dashes, gid="mean")
    hollow = np.asarray([estimate.incomplete for estimate in found])
    for chosen, face in ((~hollow, style.colour), (hollow, "white")):
        axes.plot(
            x[chosen], means[chosen], style.marker, ms=4, color=style.colour, mfc=face, mew=0.9
        )


def _value_axis(axes: Axes, name: str, shown: Metric, relative: bool) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.margins(y=0.06)
    if name == DIVERGED and not relative:
        axes.set_ylim(-4, 104)
        axes.set_yticks([0, 50, 100])


def _finish(
    plan: Mapping[str, Any],
    options: Mapping[str, Any],
    drawing: Figure,
    grid: Any,
    columns: Sequence[Column],
    scale: PointScale,
) -> None:
    inches = (4.9 if len(columns) > 1 else 3.1) / len(columns)
    for axes in grid[-1]:
        scale.apply(axes, inches)
    lines = columns[0].lines
    if len(columns) > 1 and len(lines) > 1:
        key_above(drawing, {line.name: line.style for line in lines}, marked=True)
    elif len(lines) > 1:
        for axes in grid[:, 0]:
            means = [curve for curve in axes.lines if curve.get_gid() == "mean"]
            for line, curve in zip(reversed(lines), means, strict=True):
                heights = np.asarray(curve.get_ydata(), float)
                if (~np.isnan(heights)).any():
                    height = float(heights[~np.isnan(heights)][-1])
                    label_end(axes, height, wrapped(line.name, LABEL_WIDTH), line.style.colour)
    n = counted(plan["seeds"], "seed")
    dots = "; dots: " if len(scale.points) <= FEW_POINTS else ", "
    heading = f"mean and 95% interval{dots}{n}"
    if options["relative_to"]:
        heading = f"minus {label(plan, options['relative_to'])}, seed by seed: {heading}"
    below = wrapped(f"({heading})", 80 if len(columns) > 1 else 60)
    drawing.supxlabel(f"{axis_label(options['axis'])}\n{below}", fontsize=8)
    spread_labels(drawing)
