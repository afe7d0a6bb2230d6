"""How the effect of one factor depends on another: lines between means, and the seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from overfit.claims.resampling import mean_intervals
from overfit.figures.labels import label_end, spread_labels
from overfit.figures.panels import keep_percent, name_places, say_if_empty
from overfit.figures.samples import Place, by_seed, estimates, metrics_of, variants_of
from overfit.figures.theme import SINGLE_WIDTH, VARIANTS, WIDTH, Style, variant_styles
from overfit.figures.wording import axis_label, counted, label, value_text, wrapped
from overfit.metrics.table import Metric, metric

LEVELS_WIDTH = {1: 60, 2: 36}
"""Characters below a panel, by the number of columns."""
LABEL_WIDTH = 14
"""Characters of a name at the end of a line."""


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a panel for each metric."""
    options = figure["options"]
    metrics = metrics_of(plan, results)
    levels, lines = _factors(plan, figure)
    names = options["metrics"]
    rows = 2 if len(names) > 3 else 1
    columns = -(-len(names) // rows)
    width = WIDTH if len(names) > 1 else SINGLE_WIDTH
    drawing = Figure(figsize=(width, 0.6 + 2.4 * rows), layout="constrained")
    panels = list(drawing.subplots(rows, columns, squeeze=False).flat)
    for axes, name in zip(panels, names, strict=True):
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        ends = [_line(axes, metrics, name, places, style) for _, style, places in lines]
        say_if_empty(axes, ends)
        for (text, style, _), end in zip(lines, ends, strict=True):
            if not np.isnan(end):
                label_end(axes, end, wrapped(text, LABEL_WIDTH), style.colour)
        shown = metric(name)
        axes.set_ylabel(wrapped(shown.axis, 28))
        name_places(axes, levels, LEVELS_WIDTH.get(columns, 18) // len(levels))
        axes.set_xlim(-0.15, len(levels) - 0.85)
        keep_percent(axes, "y", shown)
        axes.grid(axis="x", visible=False)
        if len(lines) == len(levels) == 2:
            axes.set_title(
                _interaction(metrics, name, [places for _, _, places in lines], shown),
                fontsize=8,
                fontweight="normal",
            )
    n = f"mean and 95% interval; faint lines: {counted(plan['seeds'], 'seed')}"
    heading = f"{axis_label(options['axis'])}\n({n})" if options["axis"] else f"({n})"
    drawing.supxlabel(heading, fontsize=8)
    spread_labels(drawing)
    return drawing


def _factors(
    plan: Mapping[str, Any], figure: Mapping[str, Any]
) -> tuple[list[str], list[tuple[str, Style, list[Place]]]]:
    """The names of the levels, and each line with its name, style and places."""
    options = figure["options"]
    axis, at = options["axis"], options["at"]
    if not axis:
        return list(options["levels"]), [
            (name, VARIANTS[i], [(variant, at) for variant in variants])
            for i, (name, variants) in enumerate(options["groups"].items())
        ]
    points = plan["grid"][axis]
    styles = variant_styles(list(plan["variants"]), variants_of(plan, figure))
    return [value_text(point) for point in points], [
        (
            label(plan, variant),
            styles[variant],
            [(variant, {**at, axis: point}) for point in points],
        )
        for variant in variants_of(plan, figure)
    ]


def _line(
    axes: Axes, metrics: pd.DataFrame, name: str, places: Sequence[Place], style: Style
) -> float:
    """Draw a line; give the height of its end, NaN if there is nothing to draw."""
    factor = metric(name).factor
    seeds = pd.concat([by_seed(metrics, name, *place) for place in places], axis=1)
    x = np.arange(len(places))
    for values in factor * seeds.to_numpy(np.float64):
        axes.plot(x, values, color=style.colour, lw=0.5, alpha=0.3, gid="seed")
    found = estimates(metrics, name, places)
    means = [estimate.mean for estimate in found]
    for place, estimate in zip(x, found, strict=True):
        axes.plot(
            [place, place],
            [estimate.low, estimate.high],
            color=style.colour,
            lw=1.5,
            marker="_",
            ms=5,
            mew=1,
        )
    axes.plot(x, means, style.marker, ms=4.5, color=style.colour, ls=style.dashes, gid="mean")
    return next((mean for mean in reversed(means) if not np.isnan(mean)), float("nan"))


def _interaction(
    metrics: pd.DataFrame, name: str, lines: Sequence[Sequence[Place]], shown: Metric
) -> str:
    """How much more the second line rises than the first, with its interval."""
    (a, b), (c, d) = ([by_seed(metrics, name, *place) for place in line] for line in lines)
    rises: NDArray[np.float64] = np.sort(((d - c) - (b - a)).dropna().to_numpy())
    if not len(rises):
        return ""
    low, high = mean_intervals([rises])[0]
    effect = f"{shown.difference(rises.mean())} {shown.interval(low, high)}"
    return f"Interaction: {effect} {shown.difference_unit}".rstrip()
