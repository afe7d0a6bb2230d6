"""A metric against another: a path along a grid axis for each variant, or a point for each."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from overfit.config.experiment import Experiment
from overfit.config.names import Axis, Context, Metric
from overfit.figures.deferred import data, labels, mpl, sns, theme, toolkit
from overfit.figures.options import AveragingFigure, Mistakes, Reads
from overfit.figures.words import (
    axis_label,
    counted,
    hollow,
    listed,
    lowered,
    metrics_notes,
    places_note,
    point_texts,
    seeds,
)
from overfit.metrics.table import metric
from overfit.results import Results

HEIGHT = 3.9


class TradeOff(AveragingFigure):
    """A metric against another along a grid axis: a path for each variant, its points labelled.

    Each point has 95% intervals both ways.
    """

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)
    axis_options: ClassVar[tuple[str, ...]] = ("axis",)

    kind: Literal["trade_off"]
    x: Metric
    """The horizontal metric."""
    y: Metric
    """The vertical metric."""
    axis: Axis | None = None
    """The grid axis that a path follows; without it, each variant is a point."""

    def mistakes(self, context: Context) -> Mistakes:
        """A metric against itself."""
        yield from super().mistakes(context)
        if self.x == self.y:
            yield (f"x and y are the same metric, {self.x}", [("y",)])


def draw(experiment: Experiment, figure: TradeOff, results: Results) -> mpl.figure.Figure:
    """Draw the paths or points of all variants in one panel."""
    metrics = data.metrics_of(experiment, results)
    variants = data.variants_of(experiment, figure)
    axis = figure.axis
    points = [None]
    if axis:
        scale = toolkit.point_scale(experiment.grid[axis])
        points = list(scale.points)
    drawing = mpl.figure.Figure(figsize=(theme.SINGLE_WIDTH, HEIGHT), layout="constrained")
    axes = drawing.subplots()
    styles = theme.variant_styles(list(experiment.labels), variants)
    for variant in reversed(variants):
        places = [(variant, {**figure.at, **({axis: p} if axis else {})}) for p in points]
        x, y = (data.estimates(metrics, getattr(figure, side), places) for side in ("x", "y"))
        _path(axes, x, y, styles[variant])
        names = point_texts(points) if axis else [experiment.labels[variant]]
        for name, right, up in zip(names, x, y, strict=True):
            if len(right.seeds) and len(up.seeds):
                labels.label_point(
                    axes, right.mean, up.mean, name, styles[variant].colour, needed=not axis
                )
    axes.set_xlabel(metric(figure.x).axis)
    axes.set_ylabel(metric(figure.y).axis)
    axes.margins(0.09)
    for side in (axes.xaxis, axes.yaxis):
        toolkit.value_ticks(side, 6)
    if axis:
        toolkit.key_above(
            drawing, {experiment.labels[v]: style for v, style in styles.items()}, marked=True
        )
    n = f"mean and 95% intervals, {counted(experiment.seeds, 'seed')}"
    if axis:
        n = f"points: {lowered(axis_label(axis))}; {n}"
    axes.set_title(n, fontsize=8, fontweight="normal", color=theme.MUTED)
    labels.place_labels(drawing)
    return drawing


def _path(
    axes: mpl.axes.Axes, x: list[data.Estimate], y: list[data.Estimate], style: theme.Style
) -> None:

    right, up = ([one.mean for one in side] for side in (x, y))
    look: dict[str, Any] = {"color": style.colour, "lw": 0.9, "alpha": 0.55, "gid": "interval"}
    for a, b in zip(x, y, strict=True):
        axes.plot([a.low, a.high], [b.mean, b.mean], **look)
        axes.plot([a.mean, a.mean], [b.low, b.high], **look)
    if len(x) > 1:
        path: dict[str, Any] = {"color": style.colour, "ls": style.dashes, "lw": 1.2, "gid": "path"}
        sns.lineplot(x=right, y=up, sort=False, estimator=None, ax=axes, **path)
    toolkit.mark(
        axes, right, up, [a.incomplete or b.incomplete for a, b in zip(x, y, strict=True)], style
    )


def caption(experiment: Experiment, figure: TradeOff) -> str:
    """What the figure shows, what the bars mean, and n."""
    points = "Each point is a variant"
    if figure.axis:
        axis = lowered(axis_label(figure.axis))
        points = (
            f"Each path is a variant; its points are labelled with the {axis} where there is room"
        )
    return " ".join(
        [
            f"{_both(figure)}. {points}: the means of {seeds(experiment)}, with 95% intervals in "
            "both directions.",
            hollow([figure.x, figure.y]),
            *metrics_notes([figure.x, figure.y]),
            *places_note(figure),
        ]
    )


def alt(experiment: Experiment, figure: TradeOff) -> str:
    """A description of the figure in one sentence."""
    variants = [experiment.labels[variant] for variant in figure.variants or experiment.labels]
    return f"Scatter plot of {lowered(_both(figure))} for: {listed(variants)}."


def _both(figure: TradeOff) -> str:
    return f"{metric(figure.y).label} against {lowered(metric(figure.x).label)}"
