"""Small multiples."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from math import ceil

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from overfit.figures.theme import MUTED, SINGLE_WIDTH, WIDTH, Style
from overfit.figures.wording import wrapped
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
