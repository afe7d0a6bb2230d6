"""All variants side by side: each seed, the mean and its interval, and what differs."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from overfit.config.experiment import Experiment
from overfit.config.names import Context, VariantName
from overfit.figures.deferred import data, mpl, theme, toolkit
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
    """All variants side by side: each seed, the mean and its interval, for each metric."""

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)
    most_variants: ClassVar[int] = 16
    of_repeats: ClassVar[bool] = True

    kind: Literal["comparison"]
    metrics: Metrics
    """A panel for each."""
    baseline: VariantName
    """The variant that the others are compared with."""

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
    """Draw a column of two panels for each metric: values above, differences below."""
    names, baseline = figure.metrics, figure.baseline
    metrics = data.metrics_of(experiment, results)
    n, unit = units(experiment, names)
    variants = list(experiment.labels)
    others = [variant for variant in variants if variant != baseline]

    labels = {v: wrapped(experiment.labels[v], LABEL_WIDTH) for v in variants}
    row_height = toolkit.row_height(list(labels.values()))
    width = theme.WIDTH if len(names) > 1 else theme.SINGLE_WIDTH
    height = 1.3 + row_height * (len(variants) + len(others))
    drawing = mpl.figure.Figure(figsize=(width, height), layout="constrained")
    grid = drawing.subplots(
        2,
        len(names),
        sharey="row",
        squeeze=False,
        height_ratios=[len(variants) + 0.6, len(others) + 0.6],
    )
    found = theme.variant_styles(experiment)
    styles = [found[variant] for variant in variants]
    ticks = 5 if len(names) < 3 else 3
    for column, name in enumerate(names):
        shown, (above, below) = metric(name), grid[:, column]
        values = data.estimates(metrics, name, [(variant, {}) for variant in variants])
        toolkit.draw_rows(
            above, values, styles, shown, n, seeds_at=-0.2, means_at=0.12, ticks=ticks
        )
        above.set_xlabel(shown.axis, loc="left")
        differences = data.estimates(
            metrics, name, [(other, {}) for other in others], minus=baseline
        )
        below.axvline(0, color=theme.MUTED, lw=0.8, zorder=1)
        looks = [style for style, v in zip(styles, variants, strict=True) if v != baseline]
        common: dict[str, Any] = {"seeds_at": None, "means_at": 0.0, "sign": "+", "ticks": ticks}
        toolkit.draw_rows(below, differences, looks, shown, n, **common)
        below.set_xlabel(shown.difference_axis, loc="left")
        toolkit.keep_percent(above, "x", shown)
    notes = [data.diverged_note(metrics, variant) if unit == "seed" else "" for variant in variants]
    named = [labels[variant] + note for variant, note in zip(variants, notes, strict=True)]
    grid[0, 0].set_yticks(range(len(variants)), named)
    grid[1, 0].set_yticks(range(len(others)), [labels[other] for other in others])
    grid[0, 0].set_title(f"{counted(n, unit)} (dots), mean with 95% interval", x=0)
    difference = f"Difference from {experiment.labels[baseline]}, {unit} by {unit}"
    grid[1, 0].set_title(wrapped(difference, 52), x=0)
    return drawing


def caption(experiment: Experiment, figure: Comparison) -> str:
    """What the figure shows, what the intervals are, and n."""
    baseline = experiment.labels[figure.baseline]
    names = figure.metrics
    n, unit = units(experiment, names)
    at_the_end = unit == "seed" and not all(MATCH in name for name in names)
    when = " after the last epoch" if at_the_end else ""
    text = (
        f"{metrics_listed(names)}{when}. Above: each of {counted(n, unit)} (dots) and their mean "
        f"with its 95% interval. Below: the differences from {baseline}, taken {unit} by "
        f"{unit}, as mean with 95% interval; the grey line marks no difference."
    )
    return " ".join([text, *metrics_notes(names)])


def alt(experiment: Experiment, figure: Comparison) -> str:
    """A description of the figure in one sentence."""
    variants = listed([experiment.labels[variant] for variant in experiment.labels])
    return (
        f"Dot plots with intervals of {lowered(metrics_listed(figure.metrics))}, a row for "
        f"each of: {variants}; below, the differences from {experiment.labels[figure.baseline]}."
    )
