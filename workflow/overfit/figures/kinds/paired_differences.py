"""Each variant minus a baseline, seed by seed: a forest plot, a column for each metric."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from overfit.config.experiment import Experiment
from overfit.config.model import Number
from overfit.config.names import Context, Metric, VariantName, as_share
from overfit.figures.deferred import data, mpl, theme, toolkit
from overfit.figures.options import AveragingFigure, Metrics, Mistakes, Reads
from overfit.figures.words import (
    counted,
    differences,
    listed,
    metrics_listed,
    metrics_notes,
    places_note,
    units,
    wrapped,
)
from overfit.metrics.axes import lowered
from overfit.metrics.table import metric
from overfit.results import Results

LABEL_WIDTH = 22
"""Characters."""
BAND = "#e9e9e9"


class PairedDifferences(AveragingFigure):
    """Each variant minus a baseline, seed by seed: every seed, the mean and its 95% interval.

    A forest plot, with a column for each metric.
    """

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)
    most_variants: ClassVar[int] = 24
    of_repeats: ClassVar[bool] = True

    kind: Literal["paired_differences"]
    metrics: Metrics
    """A column for each."""
    baseline: VariantName
    """The variant that the others are compared with."""
    margins: dict[Metric, Annotated[Number, Field(gt=0)]] = Field(default_factory=dict)
    """For each metric its smallest difference of interest, in its unit: a grey band about 0."""
    order: Literal["file", "estimate"] = "file"
    """Rows as in the file, or by the estimate of the first metric, highest first."""

    def mistakes(self, context: Context) -> Mistakes:
        """Margins of metrics that are not shown."""
        yield from super().mistakes(context)
        for name in self.margins:
            if name not in self.metrics:
                yield (f"{name} is not among the metrics", [("margins", name)])
            wording, margin = metric(name), self.margins[name]
            if margin >= wording.bounds[1] - wording.bounds[0]:
                hint = as_share(wording, margin)
                yield (f"no difference is as large as {margin:g}{hint}", [("margins", name)])
        if not set(self.shown(context)) - {self.baseline}:
            yield ("there is no other variant to compare with it", [("baseline",)])


def draw(experiment: Experiment, figure: PairedDifferences, results: Results) -> mpl.figure.Figure:
    """Draw a row for each variant but the baseline."""
    names, baseline, at = figure.metrics, figure.baseline, figure.at
    metrics = data.metrics_of(experiment, results)
    n, unit = units(experiment, names)
    others = [variant for variant in data.variants_of(experiment, figure) if variant != baseline]
    found = {
        name: data.estimates(metrics, name, [(other, at) for other in others], minus=baseline)
        for name in names
    }
    rows = list(range(len(others)))
    if figure.order == "estimate":
        rows.sort(key=lambda row: -_sortable(found[names[0]][row]))
    texts = [wrapped(experiment.labels[others[row]], LABEL_WIDTH) for row in rows]
    if unit == "seed":
        notes = [data.diverged_note(metrics, others[row], at) for row in rows]
        texts = [text + note for text, note in zip(texts, notes, strict=True)]
    width = theme.WIDTH if len(names) > 1 else theme.SINGLE_WIDTH
    height = 0.95 + toolkit.row_height(texts) * len(others)
    drawing = mpl.figure.Figure(figsize=(width, height), layout="constrained")
    panels = list(drawing.subplots(1, len(names), sharey=True, squeeze=False)[0])
    styles = theme.variant_styles(experiment)
    ticks = 5 if len(names) < 3 else 3
    for axes, name in zip(panels, names, strict=True):
        shown = metric(name)
        if margin := figure.margins.get(name):
            axes.axvspan(
                -shown.factor * margin, shown.factor * margin, color=BAND, lw=0, gid="margin"
            )
        axes.axvline(0, color=theme.MUTED, lw=0.8, zorder=1)
        looks, estimated = [styles[others[row]] for row in rows], [found[name][row] for row in rows]
        common: dict[str, Any] = {"seeds_at": 0.22, "means_at": -0.06, "sign": "+", "ticks": ticks}
        toolkit.draw_rows(axes, estimated, looks, shown, n, **common)
        axes.set_title(wrapped(shown.label, 24))
        axes.set_xlabel(shown.difference_axis, loc="left")
    panels[0].set_yticks(range(len(rows)), texts)
    heading = f"minus {experiment.labels[baseline]}, {unit} by {unit}: mean and 95% interval"
    drawing.supxlabel(wrapped(f"({heading}; dots: {counted(n, unit)})", 90), fontsize=8)
    return drawing


def _sortable(estimate: data.Estimate) -> float:
    """The mean; variants without seeds come last."""
    return estimate.mean if len(estimate.seeds) else float("-inf")


def caption(experiment: Experiment, figure: PairedDifferences) -> str:
    """The caption, which explains the intervals and the bands and gives n."""
    n, unit = units(experiment, figure.metrics)
    what = differences(experiment, metrics_listed(figure.metrics), figure.baseline, unit)
    when = "after training" if unit == "seed" else "after the search"
    margins = [
        f"{metric(name).amount(size)} of {lowered(metric(name).label)}"
        for name, size in figure.margins.items()
    ]
    return " ".join(
        [
            f"{what} {when}: each of {counted(n, unit)} (dots), their mean and its 95% interval.",
            *([f"The grey band is the margin, {listed(margins)}."] if margins else []),
            *metrics_notes(figure.metrics),
            *places_note(figure),
        ]
    )


def alt(experiment: Experiment, figure: PairedDifferences) -> str:
    """A description of the figure in one sentence."""
    shown = figure.variants or experiment.labels
    others = [experiment.labels[variant] for variant in shown if variant != figure.baseline]
    return (
        f"Forest plots of {lowered(metrics_listed(figure.metrics))} minus that of "
        f"{experiment.labels[figure.baseline]}, a row for each of: {listed(others)}."
    )
