"""One factor at a time: how far a metric moves from a baseline as each factor moves on its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from overfit.config.experiment import Experiment
from overfit.config.model import Text
from overfit.config.names import Context, VariantName
from overfit.figures.deferred import data, mpl, theme, toolkit
from overfit.figures.options import BaseFigure, Metrics, Mistakes, Reads
from overfit.figures.words import (
    counted,
    listed,
    metrics_listed,
    metrics_notes,
    seeds,
    wrapped,
)
from overfit.metrics.axes import lowered
from overfit.metrics.table import metric
from overfit.results import Results

BELOW = 70
"""Characters below a row of panels."""


class OneAtATime(BaseFigure):
    """One factor at a time: small multiples of a metric, a column for each factor.

    In each column one factor takes several values and all others stay as they are in the baseline,
    whose mean is a line across all columns. Every seed is a dot; means have 95% intervals.
    """

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)

    kind: Literal["one_at_a_time"]
    metrics: Metrics
    """A row of panels for each."""
    baseline: VariantName
    """The variant from which each factor moves."""
    factors: Annotated[dict[Text, dict[Text, VariantName]], Field(min_length=2, max_length=6)]
    """Each factor by name, with its values in order: `{Neurons: {"10": small, "100": default}}`."""

    def shown(self, context: Context) -> Sequence[str]:
        """The variants that are shown."""
        named = (variant for values in self.factors.values() for variant in values.values())
        return list(dict.fromkeys([self.baseline, *named]))

    def mistakes(self, context: Context) -> Mistakes:
        """Factors with too few or too many values, or a grid."""
        for name, values in self.factors.items():
            if not 2 <= len(values) <= 8:
                yield (f"must have 2 to 8 values, but has {len(values)}", [("factors", name)])
        if context.grid:
            axes = ", ".join(context.grid)
            yield (f"one_at_a_time can't draw a grid ({axes}); it compares variants", [()])


def draw(experiment: Experiment, figure: OneAtATime, results: Results) -> mpl.figure.Figure:
    """Draw a row of panels for each metric, a column for each factor."""
    metrics, factors = data.metrics_of(experiment, results), figure.factors
    rows = len(figure.metrics)
    height = 0.9 + rows * {1: 2.2, 2: 1.6, 3: 1.4, 4: 1.3}[rows]
    drawing = mpl.figure.Figure(figsize=(theme.WIDTH, height), layout="constrained")
    grid = drawing.subplots(rows, len(factors), sharex="col", sharey="row", squeeze=False)
    for row, name in zip(grid, figure.metrics, strict=True):
        [at_baseline] = data.estimates(metrics, name, [(figure.baseline, {})])
        for axes, values in zip(row, factors.values(), strict=True):
            axes.axhline(at_baseline.mean, color=theme.MUTED, lw=0.8, ls=(0, (4, 2)), zorder=1)
            found = data.estimates(metrics, name, [(variant, {}) for variant in values.values()])
            here = [variant == figure.baseline for variant in values.values()]
            _panel(axes, found, here, data.interval_of(metric(name)))
        toolkit.keep_percent(row[0], "y", metric(name))
        row[0].set_ylabel(wrapped(metric(name).axis, 22))
        toolkit.value_ticks(row[0].yaxis)
    for column, (factor, values) in enumerate(factors.items()):
        grid[0, column].set_title(wrapped(factor, max(8, 66 // len(factors))))
        toolkit.name_places(grid[-1, column], list(values), BELOW // len(factors) // len(values))
        grid[-1, column].set_xlim(-0.5, len(values) - 0.5)
    n = counted(experiment.seeds, "seed")
    drawing.supxlabel(
        f"(mean and 95% interval; dots: {n}; dashed: {experiment.labels[figure.baseline]})",
        fontsize=8,
    )
    return drawing


def _panel(
    axes: mpl.axes.Axes,
    found: Sequence[data.Estimate],
    at_baseline: Sequence[bool],
    errorbar: data.Interval,
) -> None:

    style = theme.ACCENT
    at = range(len(found))
    toolkit.draw_estimates(axes, at, found, style, errorbar=errorbar, bars=True, dots=0.22)
    here = at_baseline.index(True) if True in at_baseline else None
    if here is not None:
        baseline = found[here]
        toolkit.mark(
            axes,
            [here],
            [baseline.mean],
            [baseline.incomplete],
            theme.Style(theme.MUTED, marker="s"),
        )
    axes.grid(axis="x", visible=False)


def caption(experiment: Experiment, figure: OneAtATime) -> str:
    """The caption, which explains the bars and gives n."""
    return " ".join(
        [
            f"{metrics_listed(figure.metrics)} when one factor at a time differs from "
            f"{experiment.labels[figure.baseline]} (square, dashed line): means of "
            f"{seeds(experiment)} with 95% intervals, every seed a dot.",
            *metrics_notes(figure.metrics),
        ]
    )


def alt(experiment: Experiment, figure: OneAtATime) -> str:
    """A description of the figure in one sentence."""
    return (
        f"Small line charts of {lowered(metrics_listed(figure.metrics))}, one for each of "
        f"{listed(list(figure.factors))}, each with the other factors as in "
        f"{experiment.labels[figure.baseline]}."
    )
