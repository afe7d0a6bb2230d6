"""How the weights of each layer are distributed: nested quantile ranges."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from overfit.figures.cells import cells_of, epochs_of, histories_of, probes_of
from overfit.figures.panels import epoch_axis, small_multiples
from overfit.figures.theme import MUTED, SINGLE_WIDTH, Style, variant_styles
from overfit.figures.wording import counted, label

RANGES = (("q00", "q100", 0.8), ("q01", "q99", 2.2), ("q05", "q95", 4.2), ("q25", "q75", 7.5))
"""Quantiles of nested ranges, and the width of their bars in points."""
QUANTILES = ["q50", *(quantile for low, high, _ in RANGES for quantile in (low, high))]
ROW = 0.19
"""Inches; the row of a variant."""
MAX_PANELS = 32


def draw(plan: Mapping[str, Any], figure: Mapping[str, Any], results: Path) -> Figure:
    """Draw a bar for each layer and variant, or for `over: training` a panel for each.

    Raises:
        ValueError: there are too many layers for a panel each.
    """
    cells = cells_of(plan, figure)
    table = probes_of(plan, cells, results, QUANTILES)
    if figure["options"]["over"] == "training":
        epochs = epochs_of(histories_of(plan, cells, results))
        return _fans(plan, table.assign(epoch=table["update"].map(epochs)))
    return _bars(plan, table)


def _bars(plan: Mapping[str, Any], table: pd.DataFrame) -> Figure:
    last = table[table["update"] == table.groupby("variant")["update"].transform("max")]
    means = last.groupby(["layer", "variant", "quantity"])["value"].mean().unstack()
    layers = sorted(table["layer"].unique())
    variants = list(table["variant"].unique())
    styles = variant_styles(list(plan["variants"]), variants)
    step = len(variants) + 0.9
    height = 1.0 + ROW * step * len(layers)
    drawing = Figure(figsize=(SINGLE_WIDTH, height), layout="constrained")
    axes = drawing.subplots()
    axes.axvline(0, color=MUTED, lw=0.6, zorder=1)
    for i, layer in enumerate(layers):
        for j, variant in enumerate(variants):
            _bar(axes, i * step + j, means.loc[layer, variant], styles[variant])
    axes.set_yticks(
        [i * step + (len(variants) - 1) / 2 for i in range(len(layers))],
        [f"Layer {layer}" for layer in layers],
    )
    axes.set_ylim(step * len(layers) - 0.9 + 0.2, -1.1)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    axes.set_xlabel(f"Weight\n(quantiles; means of {counted(plan['seeds'], 'seed')})")
    drawing.legend(
        handles=[
            Line2D(
                [],
                [],
                color=styles[variant].colour,
                lw=5,
                label=label(plan, variant),
            )
            for variant in variants
        ],
        loc="outside upper left",
        ncols=min(4, len(variants)),
        frameon=False,
        handlelength=1.2,
        borderaxespad=0.1,
    )
    return drawing


def _bar(axes: Axes, y: float, quantiles: pd.Series[float], style: Style) -> None:
    for (low, high, width), alpha in zip(RANGES, (0.9, 0.55, 0.6, 1.0), strict=True):
        axes.plot(
            [quantiles[low], quantiles[high]],
            [y, y],
            color=style.colour,
            lw=width,
            alpha=alpha,
            solid_capstyle="butt",
            gid=f"{low}-{high}",
        )
    axes.plot(quantiles["q50"], y, "|", color="white", ms=6, mew=1.2, gid="median")


def _fans(plan: Mapping[str, Any], table: pd.DataFrame) -> Figure:
    layers = sorted(table["layer"].unique())
    variants = list(table["variant"].unique())
    count = len(layers) * len(variants)
    if count > MAX_PANELS or len(layers) > 8:
        raise ValueError(
            f"{plan['experiment']}: weight_distribution can draw up to 8 layers and {MAX_PANELS} "
            f"panels over training; there are {len(layers)} layers of {len(variants)} variants"
        )
    columns = len(layers)
    drawing, panels = small_multiples(count, columns, 1.45 if columns < 5 else 1.25)
    styles = variant_styles(list(plan["variants"]), variants)
    means = table.groupby(["variant", "layer", "quantity", "epoch"])["value"].mean()
    for axes, (variant, layer) in zip(
        panels, ((v, layer) for v in variants for layer in layers), strict=True
    ):
        style = styles[variant]
        quantiles = means.loc[variant, layer].unstack(level=0)
        for (low, high, _), alpha in zip(RANGES, (0.15, 0.2, 0.3, 0.45), strict=True):
            axes.fill_between(
                quantiles.index,
                quantiles[low],
                quantiles[high],
                color=style.colour,
                alpha=alpha,
                lw=0,
            )
        axes.plot(quantiles.index, quantiles["q50"], color=style.colour, lw=1.0, gid="median")
        if variant == variants[0]:
            axes.set_title(f"Layer {layer}")
        if layer == layers[0]:
            axes.set_ylabel(label(plan, variant), color=style.colour)
    epoch_axis(panels, table["epoch"].max(), ticks=3)
    drawing.supxlabel("Epoch", fontsize=8)
    heading = f"Weight: quantiles, means of {counted(plan['seeds'], 'seed')}"
    drawing.supylabel(heading, fontsize=8)
    return drawing
