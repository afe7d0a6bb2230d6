"""All variants side by side: each seed, the mean and its interval, and what differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from overfit.analysis.claims import paired_differences
from overfit.analysis.resampling import mean_intervals
from overfit.analysis.tables import read_metrics
from overfit.figures.theme import INK, MUTED, SINGLE_WIDTH, WIDTH, Style, variant_style
from overfit.figures.wording import counted, label, wrapped
from overfit.wording import Metric, metric

MAX_METRICS = 4
MAX_VARIANTS = 16
ROW_HEIGHT = 0.34
LINE = 0.125
"""Inches; a row and a line of its label."""
LABEL_WIDTH = 22
"""Characters."""


@dataclass(frozen=True)
class Row:
    """A variant's sample of one metric or of one difference, scaled for its axis."""

    sample: NDArray[np.float64]
    low: float
    high: float
    style: Style


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a column of two panels for each metric: values above, differences below.

    Raises:
        ValueError: the experiment has a grid, fewer than two or too many variants, or more than
            four metrics are asked for.
    """
    names, baseline = figure["options"]["metrics"], figure["options"]["baseline"]
    _check(plan, names)
    metrics = read_metrics(results / "experiments" / plan["experiment"] / "metrics.csv")
    variants = list(plan["variants"])
    others = [variant for variant in variants if variant != baseline]

    labels = {v: wrapped(label(plan, v), LABEL_WIDTH) for v in variants}
    row_height = max(ROW_HEIGHT, LINE * (2 + max(text.count("\n") for text in labels.values())))
    width = WIDTH if len(names) > 1 else SINGLE_WIDTH
    height = 1.3 + row_height * (len(variants) + len(others))
    drawing = Figure(figsize=(width, height), layout="constrained")
    grid = drawing.subplots(
        2,
        len(names),
        sharey="row",
        squeeze=False,
        height_ratios=[len(variants) + 0.6, len(others) + 0.6],
    )
    for column, name in enumerate(names):
        shown = metric(name)
        values = [_values(metrics, name, variant) for variant in variants]
        _values_panel(
            grid[0, column], _rows(values, variants, variants, shown), shown, plan["seeds"]
        )
        differences = [
            paired_differences(metrics, {"difference": name, "of": other, "minus": baseline})
            for other in others
        ]
        _differences_panel(
            grid[1, column], _rows(differences, others, variants, shown), shown, plan["seeds"]
        )
        for row, axes in enumerate(grid[:, column]):
            _frame(axes, (len(variants), len(others))[row], 5 if len(names) < 3 else 3)
    named = [labels[variant] + _diverged(metrics, variant) for variant in variants]
    grid[0, 0].set_yticks(range(len(variants)), named)
    grid[1, 0].set_yticks(range(len(others)), [labels[other] for other in others])
    n = counted(plan["seeds"], "seed")
    grid[0, 0].set_title(f"{n} (dots), mean with 95% interval", x=0)
    difference = f"Difference from {label(plan, baseline)}, seed by seed"
    grid[1, 0].set_title(wrapped(difference, 52), x=0)
    return drawing


def _check(plan: Mapping[str, Any], names: Sequence[str]) -> None:
    experiment, variants = plan["experiment"], len(plan["variants"])
    if plan["grid"]:
        raise ValueError(
            f"{experiment}: comparison can't draw a grid ({', '.join(plan['grid'])}); "
            "it compares variants at a single point"
        )
    if not 2 <= variants <= MAX_VARIANTS:
        raise ValueError(
            f"{experiment}: comparison can draw 2 to {MAX_VARIANTS} variants; there are {variants}"
        )
    if len(names) > MAX_METRICS:
        raise ValueError(
            f"{experiment}: comparison can draw up to {MAX_METRICS} metrics, not {len(names)}"
        )


def _diverged(metrics: pd.DataFrame, variant: str) -> str:
    """What to add to a variant's label if seeds of it diverged."""
    chosen = (metrics["variant"] == variant) & metrics["diverged"]
    count = metrics.loc[chosen, "seed"].nunique()
    return f"\n({count} diverged)" if count else ""


def _values(metrics: pd.DataFrame, name: str, variant: str) -> NDArray[np.float64]:
    chosen = (metrics["metric"] == name) & (metrics["variant"] == variant)
    return np.sort(metrics.loc[chosen, "value"].dropna().to_numpy(float))


def _rows(
    samples: Sequence[NDArray[np.float64]],
    shown: Sequence[str],
    variants: Sequence[str],
    scale: Metric,
) -> list[Row]:
    intervals = scale.factor * mean_intervals(samples)
    return [
        Row(scale.factor * sample, low, high, variant_style(variants, variant))
        for sample, (low, high), variant in zip(samples, intervals, shown, strict=True)
    ]


def _values_panel(axes: Axes, rows: Sequence[Row], shown: Metric, seeds: int) -> None:
    for y, row in enumerate(rows):
        seed_dots = np.full(len(row.sample), y - 0.2)
        axes.scatter(row.sample, seed_dots, s=8, color=row.style.colour, alpha=0.45, lw=0)
        _mean(axes, y + 0.12, row)
        _numbers(axes, y, row, shown, seeds)
    axes.set_xlabel(shown.axis, loc="left")


def _differences_panel(axes: Axes, rows: Sequence[Row], shown: Metric, seeds: int) -> None:
    axes.axvline(0, color=MUTED, lw=0.8, zorder=1)
    for y, row in enumerate(rows):
        _mean(axes, y, row)
        _numbers(axes, y, row, shown, seeds, sign="+")
    axes.set_xlabel(shown.difference_axis, loc="left")


def _mean(axes: Axes, y: float, row: Row) -> None:
    if not len(row.sample):
        return
    colour = row.style.colour
    axes.plot([row.low, row.high], [y, y], color=colour, lw=1.5, marker="|", ms=4.5, mew=1)
    axes.plot(row.sample.mean(), y, row.style.marker, color=colour, ms=4, mec="white", mew=0.5)


def _numbers(axes: Axes, y: float, row: Row, shown: Metric, seeds: int, *, sign: str = "") -> None:
    """At the right of a row: the mean, n if seeds are missing from it, and below the interval."""
    n = len(row.sample)
    if not n:
        _beside(axes, y, 0.0, "diverged")
        return
    missing = f" (n = {n})" if n < seeds else ""
    _beside(axes, y, 3.6, shown.text(row.sample.mean(), sign=sign) + missing)
    if not np.isnan(row.low):
        _beside(axes, y, -4.2, f"[{shown.text(row.low)}, {shown.text(row.high)}]", MUTED)


def _beside(axes: Axes, y: float, points: float, text: str, colour: str = INK) -> None:
    axes.annotate(
        text,
        (1, y),
        (4, points),
        xycoords=axes.get_yaxis_transform(),
        textcoords="offset points",
        va="center",
        fontsize=6.5,
        color=colour,
    )


def _frame(axes: Axes, rows: int, ticks: int) -> None:
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))
    axes.set_ylim(rows - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
