"""What a probe records over training: a line for each layer, a panel for each variant."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from overfit.figures.cells import cells_of, epochs_of, histories_of, probes_of, rows_of
from overfit.figures.labels import label_end, spread_labels
from overfit.figures.panels import epoch_axis, small_multiples
from overfit.figures.theme import Style, ordered_styles
from overfit.figures.wording import label, mean_and_range, titled, wrapped
from overfit.metrics.table import probed

LOGARITHMIC = 30
"""Values whose positive ones span more than this factor are drawn on a logarithmic scale, but for
shares and where some are negative."""


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a panel for each variant and point of the panels' axis.

    Raises:
        ValueError: a layer is asked for that the networks don't have.
    """
    options = figure["options"]
    cells = cells_of(plan, figure)
    if options["panels"]:  # a row of panels for each point
        order = plan["grid"][options["panels"]]
        cells.sort(key=lambda cell: order.index(cell["at"][options["panels"]]))
    table = probes_of(plan, cells, results, [options["quantity"]])
    epochs = epochs_of(histories_of(plan, cells, results))
    table = table.assign(epoch=table["update"].map(epochs), value=table["value"])
    shown = probed(options["quantity"])
    table["value"] = table["value"].replace(np.inf, np.nan) * shown.factor
    layers = _layers(plan, table, options["layers"])
    columns = _columns(plan, figure, len(cells))
    height = {1: 2.6, 2: 2.0, 3: 1.7}.get(columns, 1.5)
    drawing, panels = small_multiples(len(cells), columns, height + 0.15)
    values = table[table["layer"].isin(layers)]["value"]
    scale = "linear" if options["scale"] == "auto" and shown.unit == "%" else options["scale"]
    _value_axis(panels[0], values, scale)
    styles = dict(zip(layers, ordered_styles(len(layers)), strict=True))
    for axes, cell in zip(panels, cells, strict=True):
        _panel(axes, rows_of(table, cell), styles)
        words = [label(plan, cell["variant"])]
        if options["panels"]:
            words.append(titled(options["panels"], cell["at"][options["panels"]]))
        axes.set_title(wrapped(", ".join(words), {1: 44, 2: 40, 3: 26}.get(columns, 20)))
    epoch_axis(panels, table["epoch"].max(), ticks=4)
    drawing.supxlabel("Epoch", fontsize=8)
    what = wrapped(shown.axis, 36)
    drawing.supylabel(f"{what}\n{mean_and_range(plan['seeds'])}", fontsize=8, ma="center")
    spread_labels(drawing)
    return drawing


def _layers(plan: Mapping[str, Any], table: pd.DataFrame, wanted: list[int]) -> list[int]:
    there = sorted(int(layer) for layer in table["layer"].unique() if layer > 0)
    if missing := set(wanted) - set(there):
        raise ValueError(
            f"{plan['experiment']}: there is no layer {min(missing)} with this quantity; there are "
            f"{', '.join(map(str, there))}"
        )
    return wanted or there


def _columns(plan: Mapping[str, Any], figure: Mapping[str, Any], count: int) -> int:
    if figure["options"]["panels"]:
        return count // len(plan["grid"][figure["options"]["panels"]])
    return count if count <= 3 else 2 if count == 4 else 3


def _panel(axes: Axes, rows: pd.DataFrame, styles: Mapping[int, Style]) -> None:
    for layer, style in styles.items():
        seeds = rows[rows["layer"] == layer].groupby("epoch")["value"]
        band = seeds.agg(mean="mean", low="min", high="max").dropna()
        if not len(band):
            continue
        axes.fill_between(
            band.index, band["low"], band["high"], color=style.colour, alpha=0.18, lw=0
        )
        axes.plot(band.index, band["mean"], color=style.colour, gid=f"layer {layer}")
        label_end(axes, float(band["mean"].iloc[-1]), f"layer {layer}", style.colour)


def _value_axis(axes: Axes, values: pd.Series[float], scale: str) -> None:
    positive = values[values > 0]
    spread = len(positive) and positive.max() / positive.min() > LOGARITHMIC
    if scale == "log" or (scale == "auto" and spread and not (values < 0).any()):
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(numticks=6))
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
