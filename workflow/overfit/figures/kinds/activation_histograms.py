"""The outputs of each hidden layer: one histogram per layer and variant."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from overfit.config.names import Context
from overfit.figures.options import GridFigure, Mistakes, Reads, needs_probe
from overfit.figures.words import counted, listed, places_note, seeds, wrapped
from overfit.metrics.format import MINUS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from overfit.config.experiment import Experiment
    from overfit.figures.theme import Style
    from overfit.results import Results

LOW_ENDS = ("-inf", *(f"{tenth / 10}" for tenth in range(-10, 11)), "2.0", "5.0", "10.0")
"""Where the bins of the probe begin; those from -1.0 to 0.9 are 0.1 wide."""
FINE = slice(1, 21)
BEYOND = (("1–2", 21), ("2–5", 22), ("5–10", 23), (">10", 24))
MAX_LAYERS, MAX_PANELS = 8, 40
HEADROOM = 1.35
"""The height of the panels, as a multiple of the largest bar that is not cut off."""


class ActivationHistograms(GridFigure):
    """The outputs of each hidden layer: one histogram per layer and variant."""

    reads: ClassVar[tuple[Reads, ...]] = ("histories", "probes")

    kind: Literal["activation_histograms"]
    when: Literal["before", "after"] = "after"
    """Before the first update, or after the last."""

    def mistakes(self, context: Context) -> Mistakes:
        """Without the probe there is nothing to draw."""
        yield from super().mistakes(context)
        yield from needs_probe(context, "activations", self.kind)


def draw(experiment: Experiment, figure: ActivationHistograms, results: Results) -> Figure:
    """Draw a row of panels for each variant, a column for each layer.

    Raises:
        ValueError: there are too many layers.
    """
    from overfit.figures.data import cells_of, probes_of
    from overfit.figures.theme import variant_styles
    from overfit.figures.toolkit import small_multiples

    cells = cells_of(experiment, figure)
    names = [f"bin_{low}" for low in LOW_ENDS]
    table = probes_of(experiment, cells, results, names)
    ends = table.groupby("variant")["update"].transform("min" if figure.when == "before" else "max")
    shares = (
        100
        * (
            table[table["update"] == ends]
            .groupby(["variant", "layer", "quantity"])["value"]
            .mean()
            .unstack()[names]
        )
    )
    variants = [str(cell.variant) for cell in cells]
    layers = sorted(table["layer"].unique())
    if len(layers) > MAX_LAYERS or len(layers) * len(variants) > MAX_PANELS:
        raise ValueError(
            f"{experiment.name}: activation_histograms can draw up to {MAX_LAYERS} layers and "
            f"{MAX_PANELS} panels; there are {len(layers)} layers of {len(variants)} variants"
        )
    bins = _Bins(shares)
    drawing, panels = small_multiples(len(layers) * len(variants), len(layers), 1.15)
    places = [(variant, layer) for variant in variants for layer in layers]
    styles = variant_styles(list(experiment.labels), variants)
    for axes, (variant, layer) in zip(panels, places, strict=True):
        style = styles[variant]
        bins.draw(axes, shares.loc[(variant, layer)], style)
        if variant == variants[0]:
            bins.name_beyond(axes)
            axes.set_title(f"Layer {layer}")
        if layer == layers[0]:
            axes.set_ylabel(wrapped(experiment.labels[variant], 16), color=style.colour)
    drawing.supxlabel("Activation", fontsize=8)
    heading = f"Share of values (%)\nmean of {counted(experiment.seeds, 'seed')}"
    drawing.supylabel(heading, fontsize=8, ma="center")
    return drawing


class _Bins:
    """Positions of bars, the same in all panels: fine bins at their values, wide ones beyond."""

    def __init__(self, shares: pd.DataFrame) -> None:
        used = (shares > 0).any().to_numpy()
        self.negative = bool(used[:11].any())
        self.beyond = [pair for pair in BEYOND if used[pair[1]]]
        self.start = -1.0 if self.negative else 0.0
        self.below = bool(used[0])
        # The bin with the zeros of ReLU is much higher than all others, so it may be cut off.
        others = shares.to_numpy()[:, [i for i in range(25) if i != 11]]
        tallest, everything = float(np.nanmax(others)), float(np.nanmax(shares.to_numpy()))
        self.top = HEADROOM * (everything if everything < 2.5 * tallest else max(tallest, 1.0))
        step = 0.16 * (2 if self.negative else 1)
        self.width = step * 0.8
        self.places = [1.0 + step * (i + 0.9) for i in range(len(self.beyond))]
        self.place_below = -1.0 - 0.9 * step
        self.end = 1.0 + step * (len(self.beyond) + 0.5)

    def name_beyond(self, axes: Axes) -> None:
        """Write the ends of the wide bins into the panel."""
        from overfit.figures.theme import INK, SMALL

        for place, (text, _) in zip(self.places, self.beyond, strict=True):
            axes.annotate(
                text,
                (place, 0.97 * self.top),
                ha="center",
                va="top",
                rotation=90,
                fontsize=SMALL,
                color=INK,
            )

    def draw(self, axes: Axes, shares: pd.Series[float], style: Style) -> None:
        """Draw the bars of one panel."""
        from matplotlib.ticker import MaxNLocator

        from overfit.figures.theme import SMALL

        heights = shares.to_numpy(np.float64)
        middles = np.arange(-10, 10) / 10 + 0.05
        fine = heights[FINE]
        keep = middles > self.start
        axes.bar(middles[keep], fine[keep], 0.1, color=style.colour, ec="white", lw=0.3)
        for place, (_, index) in zip(self.places, self.beyond, strict=True):
            axes.bar(place, heights[index], self.width, color=style.colour, alpha=0.5, lw=0)
        ticks, names = [0.0, 1.0], ["0", "1"]
        if self.negative:
            ticks, names = [-1.0, 0.0, 1.0], [f"{MINUS}1", "0", "1"]
        if self.below:
            axes.bar(self.place_below, heights[0], self.width, color=style.colour, alpha=0.5, lw=0)
        axes.set_xticks(ticks, names)
        axes.set_xlim(self.place_below - self.width if self.below else self.start - 0.05, self.end)
        axes.set_ylim(0, self.top)
        axes.yaxis.set_major_locator(MaxNLocator(3, steps=[1, 2, 5, 10]))
        axes.grid(axis="x", visible=False)
        for middle, height in zip(middles, fine, strict=True):
            if height > self.top:
                axes.annotate(
                    f"{height:.0f}",
                    (middle, self.top),
                    (5, -1),
                    textcoords="offset points",
                    va="top",
                    fontsize=SMALL,
                    color=style.colour,
                )


def caption(experiment: Experiment, figure: ActivationHistograms) -> str:
    """What the figure shows, what the bars are, and n."""
    when = "before the first update" if figure.when == "before" else "after training"
    return " ".join(
        [
            f"The outputs of the activations of each hidden layer {when}, on validation images: "
            f"the share of values in bins 0.1 wide, means of {seeds(experiment)}. Paler bars are "
            "wider bins beyond ±1, with their ends below them. A bar that is cut off has its "
            "height above it.",
            *places_note(figure),
        ]
    )


def alt(experiment: Experiment, figure: ActivationHistograms) -> str:
    """A description of the figure in one sentence."""
    shown = figure.variants or experiment.labels
    variants = listed([experiment.labels[variant] for variant in shown])
    return f"Histograms of the activations of each hidden layer, a row for each of: {variants}."
