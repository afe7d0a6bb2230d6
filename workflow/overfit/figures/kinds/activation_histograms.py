"""The outputs of each hidden layer: one histogram per layer and variant."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from overfit.config.experiment import Experiment
from overfit.config.names import Context
from overfit.data.checked import DataError
from overfit.figures.deferred import data, mpl, pd, sns, theme, toolkit
from overfit.figures.options import GridFigure, Layers, Mistakes, Reads, needs_probe
from overfit.figures.words import counted, listed, places_note, seeds, wrapped
from overfit.metrics.format import MINUS, setting
from overfit.results import Results

LOW_ENDS = ("-inf", *(f"{tenth / 10}" for tenth in range(-10, 11)), "2.0", "5.0", "10.0")
"""The lower ends of the probe's bins; those from -1.0 to 0.9 are 0.1 wide."""
ZERO, ONE = LOW_ENDS.index("0.0"), LOW_ENDS.index("1.0")
EDGES = {1: f"{MINUS}1", ZERO: "0", ONE: "1", ONE + 1: "2", ONE + 2: "5", ONE + 3: "10"}
"""The bins that begin at a named edge."""
LEAST = 0.01
"""Percent; smaller shares are below the axis."""
MAX_LAYERS, MAX_PANELS = 8, 40


class ActivationHistograms(GridFigure):
    """The outputs of each hidden layer: one histogram per layer and variant."""

    reads: ClassVar[tuple[Reads, ...]] = ("histories", "probes")

    kind: Literal["activation_histograms"]
    when: Literal["before", "after"] = "after"
    """Before the first update, or after the last."""
    layers: Layers = ()
    """The hidden layers to show, counted from 1; all by default."""

    def mistakes(self, context: Context) -> Mistakes:
        """Mistakes: the figure needs the probe."""
        yield from super().mistakes(context)
        yield from needs_probe(context, "activations", self.kind)


def draw(
    experiment: Experiment, figure: ActivationHistograms, results: Results
) -> mpl.figure.Figure:
    """Draw a row of panels for each variant, a column for each layer.

    Raises:
        DataError: there are too many layers.
    """
    cells = data.cells_of(experiment, figure)
    names = [f"bin_{low}" for low in LOW_ENDS]
    table = data.probes_of(experiment, cells, results, names)
    ends = table.groupby("variant")["update"].transform("min" if figure.when == "before" else "max")
    at_end = table[table["update"] == ends].groupby(["variant", "layer", "quantity"])["value"]
    shares = 100 * at_end.mean().unstack().reindex(columns=names)
    histories = data.histories_of(experiment, cells, results)
    variants = {str(cell.variant): data.noted(experiment, cell, histories) for cell in cells}
    known = sorted(table["layer"].unique())
    if unknown := set(figure.layers) - set(known):
        there = ", ".join(map(str, known))
        raise DataError(f"{experiment.name}: there is no layer {min(unknown)}; there are {there}")
    layers = [layer for layer in known if layer in figure.layers or not figure.layers]
    if len(layers) > MAX_LAYERS or len(layers) * len(variants) > MAX_PANELS:
        raise DataError(
            f"{experiment.name}: activation_histograms can draw up to {MAX_LAYERS} layers and "
            f"{MAX_PANELS} panels; there are {len(layers)} layers of {len(variants)} variants"
        )
    bins = _Bins(shares)
    drawing, panels = toolkit.small_multiples(len(layers) * len(variants), len(layers), 1.15)
    places = [(variant, layer) for variant in variants for layer in layers]
    styles = theme.variant_styles(experiment)
    for axes, (variant, layer) in zip(panels, places, strict=True):
        style = styles[variant]
        if (variant, layer) in shares.index:
            bins.draw(axes, shares.loc[(variant, layer)], style)
        if variant == next(iter(variants)):
            axes.set_title(f"Layer {layer}")
        if layer == layers[0]:
            axes.set_ylabel(wrapped(variants[variant], 16), color=style.colour)
    drawing.supxlabel("Activation", fontsize=8)
    heading = f"Share of values (%)\nmean of {counted(experiment.seeds, 'seed')}"
    drawing.supylabel(heading, fontsize=8, ma="center")
    return drawing


class _Bins:
    """The places of bins, the same in all panels: fine ones to scale, wide ones as wide as two."""

    def __init__(self, shares: pd.DataFrame) -> None:
        used = [ZERO, *np.flatnonzero((shares > 0).any().to_numpy())]
        self.first, self.last = min(used), max(used)
        steps = np.full(len(LOW_ENDS), 0.1)
        steps[[0, *range(ONE, len(LOW_ENDS))]] = 0.2
        edges = np.concatenate([[0], np.cumsum(steps)])
        self.edges = edges - edges[ZERO]
        self.lowest = max(LEAST, 0.7 * float(shares.where(shares > 0).min().min()))

    def draw(self, axes: mpl.axes.Axes, shares: pd.Series[float], style: theme.Style) -> None:
        """Draw the bars of one panel, and write the share of the bin that holds zeros."""
        if not shares.sum() > 0:
            return
        bins = slice(self.first, self.last + 1)
        heights, edges = shares.to_numpy(float)[bins], self.edges[self.first : self.last + 2]
        sns.histplot(
            x=(edges[:-1] + edges[1:]) / 2,
            weights=heights,
            bins=list(edges),
            color=style.colour,
            alpha=1,
            edgecolor="white",
            linewidth=0.3,
            ax=axes,
        )
        axes.set_yscale("log")
        axes.set_ylim(self.lowest, 300)
        axes.yaxis.set_major_locator(mpl.ticker.FixedLocator([0.01, 0.1, 1, 10, 100]))
        axes.yaxis.set_minor_locator(mpl.ticker.NullLocator())
        axes.yaxis.set_major_formatter(
            mpl.ticker.FuncFormatter(lambda share, _: setting(float(share)))
        )
        named = [k for k in EDGES if self.first <= k <= self.last + 1]
        axes.set_xticks(self.edges[named], [EDGES[k] for k in named])
        axes.grid(axis="x", visible=False)
        axes.set(xlabel="", ylabel="")
        zeros = float(np.nan_to_num(shares.iloc[ZERO]))
        axes.annotate(
            f"{zeros:.0f} %",
            (self.edges[ZERO], max(zeros, self.lowest)),
            (0.5, 1.5),
            textcoords="offset points",
            fontsize=theme.SMALL,
            color=style.colour,
        )


def caption(experiment: Experiment, figure: ActivationHistograms) -> str:
    """The caption, which explains the bars and gives n."""
    when = "before the first update" if figure.when == "before" else "after training"
    return " ".join(
        [
            f"The outputs of the activations of each hidden layer {when}, on validation images: "
            f"the share of values in bins, means of {seeds(experiment)}, on a logarithmic axis. "
            "Bins are 0.1 wide up to 1, beyond it the axis names their ends. The number above "
            "the bin from 0, which holds the zeros of ReLU, is its share in percent.",
            *places_note(figure),
        ]
    )


def alt(experiment: Experiment, figure: ActivationHistograms) -> str:
    """A description of the figure in one sentence."""
    shown = figure.variants or experiment.labels
    variants = listed([experiment.labels[variant] for variant in shown])
    return f"Histograms of the activations of each hidden layer, a row for each of: {variants}."
