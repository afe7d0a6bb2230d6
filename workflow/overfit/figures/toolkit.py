"""The components of figures: panels and axes, bands, rows of intervals, names at ends of lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from matplotlib.text import Annotation
from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator, NullLocator

from overfit.figures.data import Estimate, Interval
from overfit.figures.theme import INK, MUTED, SINGLE_WIDTH, SMALL, WIDTH, Style
from overfit.figures.words import wrapped
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
    most = len(handles) if fits else max(1, int(figure.get_figwidth() / max(inches)))
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=ceil(len(handles) / ceil(len(handles) / most)),  # rows of about the same length
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
    errorbar: Interval | None,
    bars: bool = False,
    dots: float | None = None,
    far_only: bool = False,
) -> None:
    """Draw a line of means with intervals; markers of incomplete means are hollow.

    Args:
        axes: the panel.
        x: where the estimates are.
        found: the estimates.
        style: the look of the line.
        errorbar: gives the interval of a mean; None for no intervals.
        bars: whether intervals are bars rather than a band.
        dots: by how much the dots of the seeds are shifted to the right; None for no dots.
        far_only: whether only seeds far from the others have a dot: beyond the whiskers of a box
            plot. A mean would hide the one that failed.
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
        shown = table[_far(table)] if far_only else table
        alpha = 0.8 if far_only else 0.35
        look = {"s": 5, "color": style.colour, "alpha": alpha, "linewidth": 0}
        sns.scatterplot(x=shown["x"] + dots, y=shown["value"], ax=axes, **look)
    mark(axes, x, [one.mean for one in found], [one.incomplete for one in found], style)
    axes.set(xlabel="", ylabel="")


def _far(table: pd.DataFrame) -> pd.Series[bool]:
    """Which values lie beyond the whiskers of a box plot at their place (Tukey 1977)."""
    ends = table.groupby("x")["value"].quantile(np.array([0.25, 0.75])).unstack()
    low, high = (table["x"].map(ends[end]) for end in (0.25, 0.75))
    reach = 1.5 * (high - low)
    return (table["value"] < low - reach) | (table["value"] > high + reach)


LOGARITHMIC = 30
"""Values whose positive ones span more than this factor are drawn on a logarithmic scale, but for
shares and where some are negative."""


def log_values(axis: Axis) -> None:
    """Make an axis of values logarithmic, with ticks at powers of ten."""
    axis.axes.set_yscale("log")
    axis.set_major_locator(LogLocator(numticks=6))
    axis.set_minor_locator(NullLocator())


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
    differences: Mapping[int, Estimate] | None = None,
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
        differences: by row, a difference to write below the mean instead of its interval.
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
        _write_numbers(axes, row, one, shown, seeds, sign, (differences or {}).get(row))
    axes.margins(x=0.08)
    axes.xaxis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))
    if not values:
        axes.set_xticks([])
    axes.set_ylim(len(found) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
    axes.set(xlabel="", ylabel="")


def _write_numbers(
    axes: Axes,
    y: float,
    row: Estimate,
    shown: Metric,
    seeds: int,
    sign: str,
    difference: Estimate | None = None,
) -> None:
    """At the right of a row: the mean, n if seeds are missing from it, and below the interval.

    With a difference, that is below, with its interval if it has one.
    """
    n = len(row.seeds)
    if not n:
        _beside(axes, y, 0.0, "diverged")
        return
    missing = f" (n = {n})" if n < seeds else ""
    _beside(axes, y, 3.6, shown.text(row.mean, sign=sign) + missing)
    if difference is not None:
        if len(difference.seeds):
            ends = f" [{shown.text(difference.low)}, {shown.text(difference.high)}]"
            between = "" if np.isnan(difference.low) else ends
            _beside(axes, y, -4.2, f"{shown.text(difference.mean, sign='+')}{between}", MUTED)
    elif not np.isnan(row.low):
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


END = "end label"


def label_end(axes: Axes, height: float, text: str, colour: str, *, points: float = 5) -> None:
    """Write the name of a line at the right of its panel; `spread_labels` moves names apart.

    The name of a line that ends outside of the panel is at the panel's edge, so a scale and
    limits that are set by hand must be set before.
    """
    inside, coordinates = height, axes.get_yaxis_transform()
    if axes.get_yscale() == "log" and height <= 0:
        inside, coordinates = 0, axes.transAxes
    elif not axes.get_autoscaley_on():
        low, high = sorted(axes.get_ylim())
        inside = min(max(height, low), high)
    axes.annotate(
        text,
        (1, inside),
        (points, 0),
        xycoords=coordinates,
        textcoords="offset points",
        color=colour,
        fontsize=SMALL,
        va="center",
        linespacing=1.05,
        gid=END,
    )


def spread_labels(figure: Figure) -> None:
    """Move the names at the ends of lines apart, each as little as possible."""
    named = {axes: names for axes in figure.axes if (names := texts_of(axes, END))}
    if not named:
        return
    lay_out(figure)
    per_point = figure.dpi / 72
    for axes, names in named.items():
        boxes = [name.get_window_extent() for name in names]
        heights = [box.height + 0.5 for box in boxes]
        wanted = [(box.y0 + box.y1) / 2 for box in boxes]
        frame = axes.get_window_extent()
        found = spread(wanted, heights, frame.y0 - 4, frame.y1 + 4)
        for name, before, after in zip(names, wanted, found, strict=True):
            name.set_position((name.xyann[0], (after - before) / per_point))


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Middles of boxes on a line, without overlap and as near as possible to where they belong.

    Minimizes the sum of squared moves at the given order: boxes that touch move as one block, to
    the mean of what its members want (pool adjacent violators). Blocks are kept between `low` and
    `high` where there is room.
    """
    order = np.argsort(wanted, kind="stable")
    blocks: list[tuple[float, list[int]]] = []  # the middle, and the members from below
    for i in order:
        blocks.append((_kept(wanted[i], heights[i], low, high), [int(i)]))
        while len(blocks) > 1 and _touch(blocks[-2], blocks[-1], heights):
            (_, below), (_, above) = blocks[-2:]
            members = below + above
            size = sum(heights[m] for m in members)
            start = np.cumsum([0.0, *(heights[m] for m in members)])
            middles = [s + heights[m] / 2 - size / 2 for m, s in zip(members, start, strict=False)]
            middle = float(np.mean([wanted[m] - s for m, s in zip(members, middles, strict=True)]))
            blocks[-2:] = [(_kept(middle, size, low, high), members)]
    found = [0.0] * len(wanted)
    for middle, members in blocks:
        bottom = middle - sum(heights[m] for m in members) / 2
        for m in members:
            found[m] = bottom + heights[m] / 2
            bottom += heights[m]
    return found


def _kept(middle: float, size: float, low: float, high: float) -> float:
    return max(min(middle, high - size / 2), low + size / 2)


def _touch(
    below: tuple[float, list[int]], above: tuple[float, list[int]], heights: Sequence[float]
) -> bool:
    room = sum(heights[m] for _, members in (below, above) for m in members) / 2
    return above[0] - below[0] < room - 1e-9


def lay_out(figure: Figure) -> None:
    """Lay out the axes without drawing their contents."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


def texts_of(axes: Axes, gid: str) -> list[Annotation]:
    """The texts of a panel that have this id."""
    return [text for text in axes.texts if isinstance(text, Annotation) and text.get_gid() == gid]
