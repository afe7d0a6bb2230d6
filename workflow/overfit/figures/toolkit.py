"""The components of figures: panels and their axes, bands, rows of intervals, scales."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator
from numpy.typing import NDArray

from overfit.figures.data import Estimate, interval
from overfit.figures.theme import INK, MUTED, SINGLE_WIDTH, SMALL, WIDTH, Style
from overfit.figures.words import point_texts, wrapped
from overfit.metrics.format import power_of_ten
from overfit.metrics.table import Metric


def small_multiples(
    count: int, columns: int, height: float, *, below: float = 0.0
) -> tuple[Figure, list[Axes]]:
    """A figure of `count` panels with common axes, `height` inches each, read row by row.

    Tick labels are at the left column and below the lowest panel of each column. With `below`,
    there is another panel, as wide as the figure and this many inches high, with separate axes.
    """
    columns = max(columns, 1)
    rows = max(ceil(count / columns), 1)
    heights = [height] * rows + ([below] if below else [])
    layout = ConstrainedLayoutEngine(w_pad=0.03, h_pad=0.03, wspace=0.02, hspace=0.03)
    figure = Figure(
        figsize=(WIDTH if columns > 1 else SINGLE_WIDTH, 0.5 + sum(heights)), layout=layout
    )
    grid = figure.subplots(
        len(heights), columns, sharex=True, sharey=True, squeeze=False, height_ratios=heights
    )
    panels = list(grid.flat)
    for axes in panels[max(count, 1) :]:
        axes.remove()
    for axes in panels[max(0, count - columns) : count]:
        axes.tick_params(labelbottom=True)
    wide = [figure.add_subplot(panels[0].get_gridspec()[-1, :])] if below else []
    return figure, [*panels[:count], *wide]


def epoch_axis(panels: list[Axes], epochs: float, ticks: int = 4) -> None:
    """The x axis of all panels: epochs, from before the first update to the last."""
    for axes in panels:
        axes.set_xlim(0, epochs if epochs > 0 else 1)
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


def say(axes: Axes, text: str) -> None:
    """Write a note in the middle of a panel without data, instead of a meaningless scale."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=MUTED)
    for axis, shared in (
        (axes.xaxis, axes.get_shared_x_axes()),
        (axes.yaxis, axes.get_shared_y_axes()),
    ):
        chosen = isinstance(axis.get_major_locator(), FixedLocator)
        if not chosen and not any(map(_has_data, shared.get_siblings(axes))):
            axis.set_ticks([])


def say_where_empty(figure: Figure, what: str) -> None:
    """Write a note in each panel in which nothing was drawn and nothing is said.

    Args:
        figure: the figure.
        what: what the values would be of: `network` or `trial`.
    """
    for axes in figure.axes:
        if not axes.texts and not _has_data(axes):
            say(axes, f"No {what} has\nthis value.")


def _has_data(axes: Axes) -> bool:
    """Whether something was drawn but lines across the panel, which have one coordinate."""
    return bool(np.isfinite(axes.dataLim.get_points()).all())


KEY_WIDTH = 44
"""Characters of a line in a key."""


def key_above(figure: Figure, styles: dict[str, Style], *, marked: bool = False) -> None:
    """One key for all panels, outside of them: a line sample (with its marker) and a label each."""
    names = {text: wrapped(text, KEY_WIDTH) for text in styles}
    handles = [
        Line2D(
            [],
            [],
            color=style.colour,
            ls=style.dashes,
            marker=style.marker if marked else None,
            ms=4,
            label=names[text],
        )
        for text, style in styles.items()
    ]
    inches = [0.7 + CHARACTER * 1.1 * max(map(len, text.split("\n"))) for text in names.values()]
    fits = sum(inches) <= figure.get_figwidth()
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=len(handles) if fits else max(1, int(figure.get_figwidth() / max(inches))),
        frameon=False,
        handlelength=3.2,
        borderaxespad=0.1,
    )


RANGE = ("pi", 100)
"""The errorbar of a band from the lowest to the highest seed."""


def draw_line(
    axes: Axes,
    table: pd.DataFrame,
    x: str,
    y: str,
    style: Style,
    *,
    errorbar: Any = RANGE,
    alpha: float = 0.18,
    gid: str = "mean",
    **more: Any,
) -> pd.Series[float]:
    """Draw means over the seeds, with a band; give the means at the places where there are any."""
    there = table.dropna(subset=[y])
    sns.lineplot(
        there,
        x=x,
        y=y,
        color=style.colour,
        ls=style.dashes,
        errorbar=errorbar,
        err_kws={"alpha": alpha, "lw": 0},
        gid=gid,
        ax=axes,
        **more,
    )
    axes.set(xlabel="", ylabel="")
    return there.groupby(x)[y].mean()


def draw_each_seed(
    axes: Axes, table: pd.DataFrame, x: str, y: str, style: Style, alpha: float = 0.45
) -> None:
    """Draw a thin line for each seed."""
    there = table.dropna(subset=[y])
    if len(there):
        look = {"color": style.colour, "lw": 0.5, "alpha": alpha, "gid": "seed"}
        sns.lineplot(there, x=x, y=y, units="seed", estimator=None, ax=axes, **look)
        axes.set(xlabel="", ylabel="")


def draw_estimates(
    axes: Axes,
    x: Sequence[float],
    found: Sequence[Estimate],
    style: Style,
    *,
    errorbar: Any = interval,
    bars: bool = False,
    dots: float | None = None,
) -> None:
    """Draw a line of means with intervals; markers of incomplete means are hollow.

    Args:
        axes: the panel.
        x: where the estimates are.
        found: the estimates.
        style: the look of the line.
        errorbar: seaborn's; gives the interval of a mean.
        bars: whether intervals are bars rather than a band.
        dots: by how much the dots of the seeds are shifted to the right; None for no dots.
    """
    table = pd.DataFrame(
        [(place, value) for place, one in zip(x, found, strict=True) for value in one.seeds],
        columns=["x", "value"],
        dtype=float,
    )
    bar = {"elinewidth": 1.5} if bars else {"alpha": 0.16, "lw": 0}
    sns.lineplot(
        table,
        x="x",
        y="value",
        color=style.colour,
        ls=style.dashes,
        errorbar=errorbar,
        err_style="bars" if bars else "band",
        err_kws=bar,
        gid="mean",
        ax=axes,
    )
    if dots is not None:
        look = {"s": 5, "color": style.colour, "alpha": 0.35, "linewidth": 0}
        sns.scatterplot(x=table["x"] + dots, y=table["value"], ax=axes, **look)
    mark(axes, x, [one.mean for one in found], [one.incomplete for one in found], style)
    axes.set(xlabel="", ylabel="")


def mark(
    axes: Axes, x: Sequence[float], y: Sequence[float], hollow: Sequence[bool], style: Style
) -> None:
    """Draw the markers of means, some of them hollow."""
    at, means, empty = np.asarray(x, float), np.asarray(y, float), np.asarray(hollow, bool)
    for chosen, face in ((~empty, style.colour), (empty, "white")):
        look: dict[str, Any] = {"color": style.colour, "mfc": face, "mew": 0.9, "ms": 4}
        axes.plot(at[chosen], means[chosen], style.marker, **look)


def value_ticks(axis: Axis, most: int = 5) -> None:
    """Few, round ticks on an axis of values."""
    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))


def percent_axis(axes: Axes, ticks: tuple[int, ...] = (0, 25, 50, 75, 100)) -> None:
    """The whole range of accuracies on the y axis, the same in every panel and figure."""
    axes.set_ylim(-3, 103)
    axes.set_yticks(ticks)


ROW, LINE = 0.34, 0.125
"""Inches; a row, and a line of its label."""


def row_height(labels: Sequence[str]) -> float:
    """The height of rows, in inches, in which the highest of these labels has room."""
    return max(ROW, LINE * (1 + max((text.count("\n") + 1 for text in labels), default=1)))


def draw_rows(
    axes: Axes,
    found: Sequence[Estimate],
    styles: Sequence[Style],
    shown: Metric,
    seeds: int,
    *,
    seeds_at: float | None,
    means_at: float,
    sign: str = "",
    ticks: int = 5,
) -> None:
    """Draw a row for each estimate: the seeds as dots, the mean and its interval, and as numbers.

    Args:
        axes: the panel.
        found: the estimates, from the top.
        styles: the look of each.
        shown: the metric.
        seeds: how many seeds there are; n is written where some are missing.
        seeds_at: where the dots are in their row, from -0.5 to 0.5; None for no dots.
        means_at: where the means are.
        sign: `+` writes the plus of a difference.
        ticks: how many ticks the axis has at most.
    """
    values = [(row, value) for row, one in enumerate(found) for value in one.seeds]
    if seeds_at is not None and values:
        table = pd.DataFrame(values, columns=["row", "value"])
        sns.stripplot(
            x=table["value"],
            y=table["row"] + seeds_at,
            hue=table["row"],
            palette={row: styles[row].colour for row in table["row"].unique()},
            orient="h",
            native_scale=True,
            jitter=False,
            size=2.8,
            alpha=0.45,
            linewidth=0,
            legend=False,
            ax=axes,
        )
    for row, (one, style) in enumerate(zip(found, styles, strict=True)):
        look: dict[str, Any] = {"color": style.colour, "zorder": 3}
        axes.plot([one.low, one.high], [row + means_at] * 2, lw=1.3, gid="interval", **look)
        axes.plot(one.mean, row + means_at, style.marker, ms=4.5, mec="white", mew=0.5, **look)
        _write_numbers(axes, row, one, shown, seeds, sign)
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))
    if not values:
        axes.set_xticks([])
    axes.set_ylim(len(found) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
    axes.set(xlabel="", ylabel="")


def _write_numbers(
    axes: Axes, y: float, row: Estimate, shown: Metric, seeds: int, sign: str
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
    """The points of a grid axis on an axis of a figure.

    Attributes:
        points: from the left to the right.
        kind: `linear`, `log` (with 0 at the left end, if it is one of them) or `even`.
    """

    points: tuple[Any, ...]
    kind: str

    @property
    def positions(self) -> list[float]:
        """Where the points are, in the coordinates of the axis."""
        return [float(i if self.kind == "even" else p) for i, p in enumerate(self.points)]

    def apply(self, axes: Axes, inches: float) -> None:
        """Set scale, limits and ticks of the x axis of a panel that is `inches` wide."""
        if self.kind == "log" and self.points[0] == 0:
            first, last = self.points[1], self.points[-1]
            step = (last / first) ** (1 / max(1, len(self.points) - 2))
            width = math.log10(min(max(step, 2.0), 10.0))
            axes.set_xscale("symlog", linthresh=first, linscale=width * 9 / 10)
        elif self.kind == "log":
            axes.set_xscale("log")
        places = axes.transScale.transform([(place, 0.0) for place in self.positions])[:, 0]
        pad = 0.04 * float(np.ptp(places)) or 0.5
        ends = [(places.min() - pad, 0.0), (places.max() + pad, 0.0)]
        axes.set_xlim(*axes.transScale.inverted().transform(ends)[:, 0])
        ticks, texts = self._ticks(places, inches)
        axes.set_xticks(ticks, texts)
        axes.xaxis.set_minor_locator(NullLocator())

    def _ticks(self, places: NDArray[np.float64], inches: float) -> tuple[list[float], list[str]]:
        positive = [point for point in self.points if self.kind == "log" and point > 0]
        if positive and max(positive) / min(positive) >= 1000:
            return self._decades(positive, inches)
        span = float(np.ptp(places)) or 1.0
        shown: list[int] = []
        texts = point_texts(self.points)
        right = -np.inf
        for i, place in enumerate(places):
            middle = inches * 0.92 * (place - places.min()) / span
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
        return ([0.0, *ticks], ["0", *texts]) if 0 in self.points else (ticks, texts)


def point_scale(points: Sequence[Any], kind: str = "auto") -> PointScale:
    """The scale of points.

    `auto` is `even` unless all are numbers, `log` where positive points have more equal ratios than
    differences, else `linear`.
    """
    chosen = _suited(points) if kind == "auto" else kind
    return PointScale(tuple(points if chosen == "even" else sorted(points)), chosen)


def _suited(points: Sequence[Any]) -> str:
    if not all(isinstance(p, int | float) and not isinstance(p, bool) for p in points):
        return "even"
    ascending = np.sort(np.asarray(points, float))
    positive = ascending[ascending > 0]
    if ascending[0] < 0 or len(positive) < 3:
        return "linear"
    return "log" if _unevenness(np.log(positive)) < _unevenness(ascending) else "linear"


def _unevenness(ascending: NDArray[np.float64]) -> float:
    """The standard deviation of the distances over their mean."""
    distances = np.diff(ascending)
    return round(float(distances.std() / distances.mean()), 6)
