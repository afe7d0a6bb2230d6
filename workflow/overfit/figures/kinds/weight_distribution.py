"""The distribution of the weights of each layer: nested quantile ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from overfit.config.experiment import Experiment
from overfit.config.names import Context
from overfit.data.checked import DataError
from overfit.figures.deferred import data, mpl, pd, theme, toolkit
from overfit.figures.options import GridFigure, Layers, Mistakes, Reads, needs_probe
from overfit.figures.words import counted, listed, places_note, seeds, wrapped
from overfit.metrics.format import setting
from overfit.metrics.table import probed
from overfit.results import Results

RANGES = (("q00", "q100", 0.8), ("q01", "q99", 2.2), ("q05", "q95", 4.2), ("q25", "q75", 7.5))
"""Quantiles of nested ranges, and the width of their bars in points."""
QUANTILES = ["q50", *(quantile for low, high, _ in RANGES for quantile in (low, high))]
ROW = 0.19
"""Inches; the row of a variant."""
MAX_PANELS = 32
FAR = 30
"""A largest weight of so many times what is linear makes the axis logarithmic."""
MUCH = 1e6
"""Weights beyond this have no place on such an axis."""
UNSAID = 0.005
"""A smaller share of exact zeros is not written beside its bar."""


class WeightDistribution(GridFigure):
    """The distribution of the weights of each layer: quantiles for each variant."""

    reads: ClassVar[tuple[Reads, ...]] = ("histories", "probes")

    kind: Literal["weight_distribution"]
    over: Literal["layers", "training"] = "layers"
    """`layers` compares the variants after training, layer by layer; `training` shows how each
    layer's quantiles spread over the epochs."""
    layers: Layers = ()
    """The layers to show, counted from 1; all by default."""
    scale: Literal["auto", "linear", "symlog"] = "auto"
    """The scale of the weights. `symlog` is linear about 0 and logarithmic beyond; `auto` chooses
    it where a few weights are far larger than the others."""

    def mistakes(self, context: Context) -> Mistakes:
        """Mistakes: the figure needs the probe."""
        yield from super().mistakes(context)
        yield from needs_probe(context, "weights", self.kind)


def draw(experiment: Experiment, figure: WeightDistribution, results: Results) -> mpl.figure.Figure:
    """Draw a bar for each layer and variant, or for `over: training` a panel for each.

    Raises:
        DataError: there are too many layers for a panel each.
    """
    cells = data.cells_of(experiment, figure)
    table = data.probes_of(experiment, cells, results, [*QUANTILES, "zeros"])
    known = sorted(set(table["layer"]) - {0})
    if unknown := set(figure.layers) - set(known):
        there = ", ".join(map(str, known))
        raise DataError(f"{experiment.name}: there is no layer {min(unknown)}; there are {there}")
    table = table[table["layer"].isin(figure.layers or known)]
    histories = data.histories_of(experiment, cells, results)
    names = {str(cell.variant): data.noted(experiment, cell, histories) for cell in cells}
    if figure.over == "training":
        table["epoch"] = table["update"].map(data.epochs_of(histories))
        return _fans(experiment, names, table)
    return _bars(experiment, names, table, figure.scale)


def _bars(
    experiment: Experiment, names: Mapping[str, str], table: pd.DataFrame, scale: str
) -> mpl.figure.Figure:

    last = table[table["update"] == table.groupby("variant")["update"].transform("max")]
    means = last.groupby(["layer", "variant", "quantity"])["value"].mean().unstack()
    layers = sorted(table["layer"].unique())
    variants = list(table["variant"].unique())
    styles = theme.variant_styles(experiment)
    step = len(variants) + 0.9
    height = 1.0 + ROW * step * len(layers)
    drawing = mpl.figure.Figure(figsize=(theme.SINGLE_WIDTH, height), layout="constrained")
    axes = drawing.subplots()
    axes.axvline(0, color=theme.MUTED, lw=0.6, zorder=1)
    for i, layer in enumerate(layers):
        for j, variant in enumerate(variants):
            if (layer, variant) not in means.index:
                continue
            row = means.loc[layer, variant]
            _bar(axes, i * step + j, row, styles[variant])
            if row["zeros"] >= UNSAID:  # exact zeros, as a dot whose area is their share
                look: dict[str, Any] = {
                    "mfc": "white",
                    "mec": styles[variant].colour,
                    "mew": 0.9,
                    "gid": "zeros",
                }
                axes.plot(
                    0, i * step + j, "o", ms=2 + 6 * min(row["zeros"], 1.0) ** 0.5, zorder=4, **look
                )
            missing = bool(row.isna().any())
            if missing or row["zeros"] >= UNSAID:
                zeros = f"{probed('zeros').value(row['zeros'])} % zeros"
                text = "no value" if missing else zeros
                place = (1.01, i * step + j)
                inside = axes.get_yaxis_transform()
                axes.annotate(text, place, xycoords=inside, va="center", fontsize=theme.SMALL)
    axes.set_yticks(
        [i * step + (len(variants) - 1) / 2 for i in range(len(layers))],
        [f"Layer {layer}" for layer in layers],
    )
    axes.set_ylim(step * len(layers) - 0.9 + 0.2, -1.1)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    linear = _linear_part(means)
    if scale == "symlog" or (scale == "auto" and linear and FAR * linear < _largest(means) < MUCH):
        axes.set_xscale("symlog", linthresh=linear or 1.0, linscale=0.8)
        axes.xaxis.set_major_locator(
            mpl.ticker.SymmetricalLogLocator(linthresh=linear or 1.0, base=10)
        )
        axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())
        axes.xaxis.set_major_formatter(
            mpl.ticker.FuncFormatter(lambda weight, _: setting(float(weight)))
        )
    if means.isna().all(axis=None):
        axes.set_xticks([])
    axes.set_xlabel(f"Weight\n(quantiles; means of {counted(experiment.seeds, 'seed')})")
    drawing.legend(
        handles=[
            mpl.lines.Line2D(
                [],
                [],
                color=styles[variant].colour,
                lw=5,
                label=wrapped(names[variant], 64 // min(4, len(variants))),
            )
            for variant in variants
        ],
        loc="outside upper left",
        ncols=max(1, min(4, len(variants))),
        frameon=False,
        handlelength=1.2,
        borderaxespad=0.1,
    )
    return drawing


def _largest(means: pd.DataFrame) -> float:
    """The largest absolute weight."""
    return float(_sizes(means, "q00", "q100").max(initial=0.0))


def _linear_part(means: pd.DataFrame) -> float:
    """The linear part of the axis around 0: the power of ten below most weights of some layer."""
    inner = _sizes(means, "q05", "q95")
    return 10.0 ** math.floor(math.log10(float(np.median(inner)))) if len(inner) else 0.0


def _sizes(means: pd.DataFrame, *quantiles: str) -> NDArray[np.float64]:
    """The absolute values of these quantiles that are above 0."""
    sizes = np.abs(means.reindex(columns=list(quantiles)).to_numpy(float))
    return sizes[np.isfinite(sizes) & (sizes > 0)]


def _bar(axes: mpl.axes.Axes, y: float, quantiles: pd.Series[float], style: theme.Style) -> None:
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


def _fans(
    experiment: Experiment, names: Mapping[str, str], table: pd.DataFrame
) -> mpl.figure.Figure:

    layers = sorted(table["layer"].unique())
    variants = list(table["variant"].unique())
    count = len(layers) * len(variants)
    if count > MAX_PANELS or len(layers) > 8:
        raise DataError(
            f"{experiment.name}: weight_distribution can draw up to 8 layers and {MAX_PANELS} "
            f"panels over training; there are {len(layers)} layers of {len(variants)} variants"
        )
    columns = len(layers)
    drawing, panels = toolkit.small_multiples(count, columns, 1.45 if columns < 5 else 1.25)
    styles = theme.variant_styles(experiment)
    means = table.groupby(["variant", "layer", "quantity", "epoch"])["value"].mean()
    for axes, (variant, layer) in zip(
        panels, ((v, layer) for v in variants for layer in layers), strict=True
    ):
        style = styles[variant]
        if layer == layers[0]:
            axes.set_ylabel(wrapped(names[variant], 22), color=style.colour)
        if variant == variants[0]:
            axes.set_title(f"Layer {layer}")
        if (variant, layer) not in means.index:
            continue
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
    toolkit.epoch_axis(panels, table["epoch"].max(), ticks=3)
    drawing.supxlabel("Epoch", fontsize=8)
    heading = f"Weight: quantiles, means of {counted(experiment.seeds, 'seed')}"
    drawing.supylabel(heading, fontsize=8)
    return drawing


def caption(experiment: Experiment, figure: WeightDistribution) -> str:
    """The caption, which explains the bars and gives n."""
    if figure.over == "training":
        what = (
            "Quantiles of the weights of each layer over the epochs: the line is the median, the "
            "bands from dark to light contain 50%, 90%, 98% and all of the weights."
        )
    else:
        what = (
            "The weights of each layer after training: the white tick is the median, the bars from "
            "thick to thin contain 50%, 90%, 98% and all of the weights. The share of exact "
            "zeros is at the right, and the area of the white dot."
        )
    shown_at = places_note(figure)
    return " ".join([what, f"Quantiles are means of {seeds(experiment)}.", *shown_at])


def alt(experiment: Experiment, figure: WeightDistribution) -> str:
    """A description of the figure in one sentence."""
    variants = [experiment.labels[variant] for variant in figure.variants or experiment.labels]
    kind = "Quantile fans over the epochs" if figure.over == "training" else "Quantile bars"
    return f"{kind} of the weights of each layer for: {listed(variants)}."
