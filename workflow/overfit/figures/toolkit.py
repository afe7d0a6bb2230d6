"""What figures are composed of: panels and their axes, bands, rows of intervals, scales."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, NullLocator

from overfit.figures.data import Estimate
from overfit.figures.theme import INK, MUTED, SINGLE_WIDTH, SMALL, WIDTH, Style
from overfit.figures.words import value_text, wrapped
from overfit.metrics.format import power_of_ten
from overfit.metrics.table import Metric


def small_multiples(
    count: int, columns: int, height: float, *, below: float = 0.0
) -> tuple[Figure, list[Axes]]:
    """A figure of `count` panels with common axes, `height` inches each, read row by row.

    Tick labels stand at the left column and below the lowest panel of each column. With `below`,
    there is one more panel as wide as the figure and so many inches high, with axes of its own.
    """
    rows = ceil(count / columns)
    heights = [height] * rows + ([below] if below else [])
    layout = ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.03, wspace=0.02, hspace=0.03)
    figure = Figure(
        figsize=(WIDTH if columns > 1 else SINGLE_WIDTH, 0.5 + sum(heights)), layout=layout
    )
    grid = figure.subplots(
        len(heights), columns, sharex=True, sharey=True, squeeze=False, height_ratios=heights
    )
    panels = list(grid.flat)
    for axes in panels[count:]:
        axes.remove()
    for axes in panels[max(0, count - columns) : count]:
        axes.tick_params(labelbottom=True)
    wide = [figure.add_subplot(panels[0].get_gridspec()[-1, :])] if below else []
    return figure, [*panels[:count], *wide]


def epoch_axis(panels: list[Axes], epochs: float, ticks: int = 4) -> None:
    """The x axis of all panels: epochs, from before the first update to the last."""
    for axes in panels:
        axes.set_xlim(0, epochs)
        axes.xaxis.set_major_locator(MaxNLocator(ticks, integer=True, steps=[1, 2, 5, 10]))


def name_places(axes: Axes, names: Sequence[str], characters: int) -> None:
    """Write names below the places 0, 1, ...; upright where a word is wider than its place."""
    longest = max(len(word) for name in names for word in name.split())
    texts = [wrapped(name, max(longest, characters)) for name in names]
    axes.set_xticks(range(len(names)), texts, rotation=90 if longest > characters else 0)


def keep_percent(axes: Axes, side: str, shown: Metric) -> None:
    """End the axis `side` of shares at 100 %: where all values are 100, it would go on to 105."""
    low, high = getattr(axes, f"get_{side}lim")()
    if shown.unit == "%" and getattr(axes.dataLim, f"{side}1") <= 100 < high:
        axes.set(**{f"{side}lim": (low, min(high, 100 + 0.04 * (100 - low)))})


def say_if_empty(axes: Axes, means: Iterable[float]) -> None:
    """Say so where there is no mean to draw, rather than leave a panel with a meaningless scale."""
    if all(math.isnan(mean) for mean in means):
        text = "No network has\nthis value."
        axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=MUTED)
        axes.set_yticks([])


def key_above(figure: Figure, styles: dict[str, Style], *, marked: bool = False) -> None:
    """One key for all panels, outside of them: a line sample (with its marker) and a label each."""
    handles = [
        Line2D(
            [],
            [],
            color=style.colour,
            ls=style.dashes,
            marker=style.marker if marked else None,
            ms=4,
            label=text,
        )
        for text, style in styles.items()
    ]
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=len(handles),
        frameon=False,
        handlelength=3.2,
        borderaxespad=0.1,
    )


FEW_SEEDS = 5
"""Up to so many seeds are drawn one by one, too."""
FACTORS = {"accuracy": 100.0, "loss": 1.0, "gap": 100.0}
PERCENT_LIMITS = (-3.0, 103.0)


def band(histories: pd.DataFrame, split: str, quantity: str = "accuracy") -> pd.DataFrame:
    """Mean, lowest and highest value over the seeds at each evaluation of one run.

    Accuracies are in percent. A seed leaves all three where it diverges. Columns: epoch, mean, low,
    high.
    """
    rows = histories[histories["split"] == split]
    found = rows.groupby("epoch")[quantity].agg(mean="mean", low="min", high="max")
    return found.mul(FACTORS[quantity]).reset_index()


def draw_band(
    axes: Axes,
    histories: pd.DataFrame,
    split: str,
    style: Style,
    quantity: str = "accuracy",
    few: int = FEW_SEEDS,
) -> pd.DataFrame:
    """Draw a mean line with its band, and up to `few` seeds one by one; give what was drawn."""
    drawn = band(histories, split, quantity)
    factor = FACTORS[quantity]
    if 1 < histories["seed"].nunique() <= few:
        for _, rows in histories[histories["split"] == split].groupby("seed"):
            axes.plot(
                rows["epoch"], factor * rows[quantity], color=style.colour, lw=0.5, alpha=0.45
            )
    axes.fill_between(
        drawn["epoch"], drawn["low"], drawn["high"], color=style.colour, alpha=0.18, lw=0
    )
    axes.plot(drawn["epoch"], drawn["mean"], color=style.colour, ls=style.dashes, gid=split)
    return drawn


def percent_axis(axes: Axes, ticks: tuple[int, ...] = (0, 25, 50, 75, 100)) -> None:
    """The whole range of accuracies on the y axis, the same in every panel and figure."""
    axes.set_ylim(*PERCENT_LIMITS)
    axes.set_yticks(ticks)


def diverged_seeds(histories: pd.DataFrame) -> int:
    """How many seeds diverged."""
    return int(histories.groupby("seed")["diverged"].any().sum())


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


CHARACTER = 0.062
"""Inches; the width of a character of a tick label."""


@dataclass(frozen=True)
class PointScale:
    """Where points stand, and what is written below them.

    Attributes:
        points: as the grid has them, in any order.
        kind: `linear`, `log` or `even`.
        positions: of each point, in the coordinates of the axis.
    """

    points: tuple[Any, ...]
    kind: str
    positions: tuple[float, ...]

    @property
    def order(self) -> list[int]:
        """The indices of the points from the left to the right."""
        return [int(i) for i in np.argsort(self.positions, kind="stable")]

    def apply(self, axes: Axes, inches: float) -> None:
        """Set scale, limits and ticks of the x axis of a panel that is `inches` wide."""
        low, high = min(self.positions), max(self.positions)
        if self.kind == "log":
            axes.set_xscale("log")
            pad = (high / low) ** 0.04 if high > low else 2.0
            axes.set_xlim(low / pad, high * pad)
        else:
            pad = 0.04 * (high - low) or 0.5
            axes.set_xlim(low - pad, high + pad)
        ticks, texts = self._ticks(inches)
        axes.set_xticks(ticks, texts)
        axes.xaxis.set_minor_locator(NullLocator())
        if self.kind == "log" and 0 in self.points:
            self._mark_the_break(axes)

    def _ticks(self, inches: float) -> tuple[list[float], list[str]]:
        places = np.asarray(self.positions)
        on_axis = np.log(places) if self.kind == "log" else places
        positive = [point for point in self.points if self.kind == "log" and point > 0]
        if positive and max(positive) / min(positive) >= 1000:
            return self._decades(positive, inches)
        span = float(np.ptp(on_axis)) or 1.0
        shown: list[int] = []
        texts = [value_text(point) for point in self.points]
        right = -np.inf
        for i in self.order:
            middle = inches * 0.92 * (on_axis[i] - on_axis.min()) / span
            half = CHARACTER * (len(texts[i]) + 1) / 2
            if middle - half >= right:
                shown.append(i)
                right = middle + half
        return [self.positions[i] for i in shown], [texts[i] for i in shown]

    def _decades(self, positive: Sequence[float], inches: float) -> tuple[list[float], list[str]]:
        first, last = np.ceil(np.log10(min(positive)) - 1e-9), np.log10(max(positive)) + 1e-9
        exponents = np.arange(int(first), int(np.floor(last)) + 1)
        step = int(np.ceil(len(exponents) * 5 * CHARACTER / inches))
        shown = exponents[::step]
        ticks = [10.0 ** float(exponent) for exponent in shown]
        texts = [power_of_ten(int(exponent)) for exponent in shown]
        if 0 in self.points:
            return [self.positions[self.points.index(0)], *ticks], ["0", *texts]
        return ticks, texts

    def _mark_the_break(self, axes: Axes) -> None:
        """Two strokes on the x axis between 0 and the first positive point."""
        zero = min(self.positions)
        first = min(position for position in self.positions if position > zero)
        for shift in (0.47, 0.53):
            axes.plot(
                zero ** (1 - shift) * first**shift,
                0,
                marker=((-1.0, -2.0), (1.0, 2.0)),
                ms=6,
                mew=0.8,
                color=MUTED,
                mec=INK,
                transform=axes.get_xaxis_transform(),
                clip_on=False,
                zorder=5,
                gid="break",
            )


def point_scale(points: Sequence[Any], kind: str = "auto") -> PointScale:
    """The scale of points.

    `auto` is `even` unless all are numbers, `log` where positive points have more equal ratios than
    differences, else `linear`. On a logarithmic scale, 0 stands a typical ratio left of the
    smallest other point.
    """
    chosen = _suited(points) if kind == "auto" else kind
    if chosen == "even":
        return PointScale(tuple(points), chosen, tuple(float(i) for i in range(len(points))))
    numbers = [float(point) for point in points]
    if chosen == "log" and 0 in numbers:
        positive = sorted(number for number in numbers if number)
        ratio = (positive[-1] / positive[0]) ** (1 / max(1, len(positive) - 1))
        zero = positive[0] / min(max(ratio, 2.0), 10.0)
        numbers = [number or zero for number in numbers]
    return PointScale(tuple(points), chosen, tuple(numbers))


def _suited(points: Sequence[Any]) -> str:
    if not all(isinstance(p, int | float) and not isinstance(p, bool) for p in points):
        return "even"
    ascending = np.sort(np.asarray(points, float))
    positive = ascending[ascending > 0]
    if ascending[0] < 0 or len(positive) < 3:
        return "linear"
    return "log" if _unevenness(np.log(positive)) < _unevenness(ascending) else "linear"


def _unevenness(ascending: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """The standard deviation of the distances over their mean."""
    distances = np.diff(ascending)
    return round(float(distances.std() / distances.mean()), 6)
