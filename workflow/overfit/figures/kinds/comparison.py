"""All variants in one sorted dot plot: each seed, the mean and its interval, and what differs."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import ClassVar, Literal

from overfit.config.experiment import Experiment
from overfit.config.names import Context, VariantName
from overfit.figures.deferred import data, mpl, pd, theme, toolkit
from overfit.figures.options import BaseFigure, Metrics, Mistakes, Reads
from overfit.figures.words import (
    counted,
    listed,
    metrics_listed,
    metrics_notes,
    units,
    wrapped,
)
from overfit.metrics.axes import lowered
from overfit.metrics.table import MATCH, metric
from overfit.results import Results

LABEL_WIDTH = 22
"""Characters."""


class Comparison(BaseFigure):
    """All variants in a sorted dot plot: each seed, the mean and its interval, for each metric."""

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)
    most_variants: ClassVar[int] = 16
    of_repeats: ClassVar[bool] = True

    kind: Literal["comparison"]
    metrics: Metrics
    """A panel for each."""
    baseline: VariantName
    """The variant that the others are compared with."""
    order: Literal["estimate", "file"] = "estimate"
    """Rows by the mean of the first metric, the best one on top, or as in the file."""

    def mistakes(self, context: Context) -> Mistakes:
        """A grid, too few or too many variants."""
        if context.grid:
            yield (
                f"comparison can't draw a grid ({', '.join(context.grid)}), but "
                "paired_differences can",
                [("kind",)],
            )
        if not 2 <= len(context.variants) <= self.most_variants:
            yield (
                f"comparison can draw 2 to {self.most_variants} variants; there are "
                f"{len(context.variants)}",
                [("kind",)],
            )


def draw(experiment: Experiment, figure: Comparison, results: Results) -> mpl.figure.Figure:
    """Draw a panel for each metric, a row for each variant, sorted by the first metric."""
    names, baseline = figure.metrics, figure.baseline
    metrics = data.metrics_of(experiment, results)
    n, unit = units(experiment, names)
    variants = list(experiment.labels)
    if figure.order == "estimate":
        variants = _sorted(variants, metrics, names[0])
    labels = {v: wrapped(experiment.labels[v], LABEL_WIDTH) for v in variants}
    width = theme.WIDTH if len(names) > 1 else theme.SINGLE_WIDTH
    height = 0.95 + toolkit.row_height(list(labels.values())) * len(variants)
    drawing = mpl.figure.Figure(figsize=(width, height), layout="constrained")
    panels = drawing.subplots(1, len(names), sharey=True, squeeze=False)[0]
    found = theme.variant_styles(experiment)
    for axes, name in zip(panels, names, strict=True):
        shown = metric(name)
        places: list[data.Place] = [(variant, {}) for variant in variants]
        values = data.estimates(metrics, name, places)
        toolkit.draw_rows(
            axes,
            values,
            [found[variant] for variant in variants],
            shown,
            n,
            seeds_at=-0.2,
            means_at=0.12,
            ticks=5 if len(names) < 3 else 3,
            differences=_differences(metrics, name, places, figure, bounded=len(names) < 3),
        )
        axes.axvline(
            values[variants.index(baseline)].mean, color=theme.MUTED, lw=0.8, zorder=1, gid="base"
        )
        axes.set_xlabel(shown.axis, loc="left")
        toolkit.keep_percent(axes, "x", shown)
    notes = [data.diverged_note(metrics, variant) if unit == "seed" else "" for variant in variants]
    panels[0].set_yticks(
        range(len(variants)), [labels[v] + note for v, note in zip(variants, notes, strict=True)]
    )
    heading = f"{counted(n, unit)} (dots), mean with 95% interval; below the mean: difference from"
    heading = f"{heading} {experiment.labels[baseline]}, {unit} by {unit}"
    drawing.supxlabel(wrapped(heading, 88 if len(names) > 1 else 60), fontsize=8)
    return drawing


def _differences(
    metrics: pd.DataFrame,
    name: str,
    places: list[data.Place],
    figure: Comparison,
    *,
    bounded: bool,
) -> dict[int, data.Estimate]:
    """By row, the difference from the baseline; without its interval if there is no room for it."""
    found = data.estimates(metrics, name, places, minus=figure.baseline)
    nan = float("nan")
    return {
        row: one if bounded else replace(one, low=nan, high=nan)
        for row, (one, (variant, _)) in enumerate(zip(found, places, strict=True))
        if variant != figure.baseline
    }


def _sorted(variants: list[str], metrics: pd.DataFrame, name: str) -> list[str]:
    """Variants by their mean, the best one on top; those without a value last."""
    found = data.estimates(metrics, name, [(variant, {}) for variant in variants])
    sign = 1 if metric(name).better == "lower" else -1
    means = {v: sign * one.mean for v, one in zip(variants, found, strict=True)}
    return sorted(variants, key=lambda v: (math.isnan(means[v]), means[v]))


def caption(experiment: Experiment, figure: Comparison) -> str:
    """The caption, which explains the intervals and gives n."""
    baseline = experiment.labels[figure.baseline]
    names = figure.metrics
    n, unit = units(experiment, names)
    at_the_end = unit == "seed" and not all(MATCH in name for name in names)
    when = " after the last epoch" if at_the_end else ""
    order = f", sorted by {lowered(metric(names[0]).label)}" if figure.order == "estimate" else ""
    bounds = ", with its 95% interval" if len(names) < 3 else ""
    text = (
        f"{metrics_listed(names)}{when}{order}: each of {counted(n, unit)} (dots) and their mean "
        f"with its 95% interval. At the right, the mean; below it, the difference from {baseline}, "
        f"taken {unit} by {unit}{bounds}. The grey line is the mean of {baseline}."
    )
    return " ".join([text, *metrics_notes(names)])


def alt(experiment: Experiment, figure: Comparison) -> str:
    """A description of the figure in one sentence."""
    variants = listed([experiment.labels[variant] for variant in experiment.labels])
    return (
        f"Dot plots with intervals of {lowered(metrics_listed(figure.metrics))}, a row for "
        f"each of: {variants}; differences from {experiment.labels[figure.baseline]} as numbers."
    )
