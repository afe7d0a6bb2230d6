"""Metrics against a grid axis: for each variant a line of means with a band of intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from overfit.config.model import Items
from overfit.config.names import Axis, Context, Metric, VariantName
from overfit.figures.options import (
    AveragingFigure,
    Mistakes,
    Reads,
    all_numbers,
    count_points,
    no_item_twice,
)
from overfit.figures.words import (
    axis_label,
    counted,
    differences,
    hollow,
    listed,
    lowered,
    metrics_listed,
    metrics_notes,
    places_note,
    seeds,
    titled,
    wrapped,
)
from overfit.metrics.table import Metric as Wording
from overfit.metrics.table import metric

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from overfit.config.experiment import Experiment
    from overfit.figures.data import Estimate, Place
    from overfit.figures.theme import Style
    from overfit.figures.toolkit import PointScale
    from overfit.results import Results

LABEL_WIDTH = 18
"""Characters of a name at the end of a line."""
FEW_POINTS = 8
"""Up to so many points of a line, the seeds are drawn as dots."""


class MetricByAxis(AveragingFigure):
    """Metrics against a grid axis: for each variant a line of means with a band of 95% intervals.

    Each metric has a panel.
    """

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)

    kind: Literal["metric_by_axis"]
    axis: Axis
    """The horizontal axis."""
    metrics: Annotated[
        tuple[Metric, ...],
        Items,
        Field(min_length=1, max_length=4),
        AfterValidator(no_item_twice),
    ]
    """A row of panels for each."""
    panels: Axis | None = None
    """A second grid axis, with a column of panels for each of its points."""
    lines: Axis | None = None
    """A second grid axis, with a line for each of its points; then each variant has a column of
    panels."""
    relative_to: VariantName | None = None
    """A variant whose value is subtracted from that of the others, seed by seed."""
    best: dict[Metric, Literal["highest", "lowest"]] = Field(default_factory=dict)
    """For a metric what is best: a ring marks the best mean of each line, `{gap: lowest}`."""
    scale: Literal["auto", "linear", "log", "even"] = "auto"
    """Of the horizontal axis; `auto` is logarithmic where points are spread so, `even` sets them
    at equal distances. On a logarithmic axis, 0 has a place of its own at the left."""

    def own_axes(self) -> Mapping[str, str]:
        """All axes that options name."""
        options = {"axis": self.axis, "panels": self.panels, "lines": self.lines}
        return {option: axis for option, axis in options.items() if axis}

    def mistakes(self, context: Context) -> Mistakes:
        """A scale that the points don't fit, too many lines or panels, nothing to compare with."""
        yield from super().mistakes(context)
        if self.scale in ("linear", "log") and not all_numbers(context, self.axis):
            yield (
                f"the points of {self.axis} are not all numbers; write scale: even",
                [("scale",)],
            )
        points = context.grid.get(self.axis) or []
        if self.scale == "log" and all_numbers(context, self.axis) and any(p < 0 for p in points):
            yield ("an axis with negative points can't be logarithmic", [("scale",)])
        for name in self.best:
            if name not in self.metrics:
                yield (f"{name} is not among the metrics", [("best", name)])
        if self.lines and self.panels:
            yield ("lines and panels can't be used together", [("lines",)])
        if self.lines and count_points(context, [self.lines]) > 12:
            count = count_points(context, [self.lines])
            yield (f"{count} lines are too many to tell apart; up to 12", [("lines",)])
        columns = count_points(context, [self.panels]) if self.panels else 1
        if columns > 6:
            yield (f"{columns} columns of panels are too narrow to read; up to 6", [("panels",)])
        if self.lines and len(self.shown(context)) > 6:
            yield ("with lines, up to 6 variants can be drawn; pick some", [("variants",)])
        if self.relative_to and not set(self.shown(context)) - {self.relative_to}:
            yield ("there is no other variant to compare with it", [("relative_to",)])


@dataclass(frozen=True)
class Line:
    """One line of a panel: the places along the axis."""

    name: str
    style: Style
    places: list[Place]


@dataclass(frozen=True)
class Column:
    """A column of panels with the same lines."""

    title: str
    lines: list[Line]


def draw(experiment: Experiment, figure: MetricByAxis, results: Results) -> Figure:
    """Draw a row of panels for each metric, a column for each point of the panels' axis."""
    from overfit.figures.data import metrics_of
    from overfit.figures.toolkit import point_scale, say_if_empty

    metrics = metrics_of(experiment, results)
    scale = point_scale(experiment.grid[figure.axis], figure.scale)
    columns = _columns(experiment, figure, scale)
    names, baseline = figure.metrics, figure.relative_to
    drawing, grid = _panels(len(names), len(columns))
    for row, name in enumerate(names):
        shown = metric(name)
        means: list[float] = []
        for axes, column in zip(grid[row], columns, strict=True):
            found = _panel(axes, metrics, name, column.lines, scale, baseline)
            means += [estimate.mean for line in found for estimate in line]
            if best := figure.best.get(name):
                _mark_best(axes, scale, column.lines, found, best)
            if row == 0:
                axes.set_title(column.title)
        what = f"{shown.label}:\n{shown.difference_axis.lower()}" if baseline else shown.axis
        grid[row, 0].set_ylabel(wrapped(what, 24) if "\n" not in what else what)
        _value_axis(grid[row, 0], name, shown, bool(baseline))
        for axes in grid[row]:
            say_if_empty(axes, means)
    _finish(experiment, figure, drawing, grid, columns, scale)
    return drawing


def _columns(experiment: Experiment, figure: MetricByAxis, scale: PointScale) -> list[Column]:
    from overfit.figures.data import variants_of
    from overfit.figures.theme import ordered_styles, variant_styles

    variants = [v for v in variants_of(experiment, figure) if v != figure.relative_to]
    looks = variant_styles(list(experiment.labels), variants)
    points = [scale.points[i] for i in scale.order]
    axis, at, second = figure.axis, figure.at, figure.panels or figure.lines

    def line(variant: str, name: str, style: Style, more: Mapping[str, Any]) -> Line:
        return Line(name, style, [(variant, {**at, **more, axis: p}) for p in points])

    if second and figure.lines:
        values = experiment.grid[second]
        styles = ordered_styles(len(values))
        return [
            Column(
                experiment.labels[variant] if len(variants) > 1 else "",
                [
                    line(variant, titled(second, value), style, {second: value})
                    for value, style in zip(values, styles, strict=True)
                ],
            )
            for variant in variants
        ]
    return [
        Column(
            titled(second, value) if second else "",
            [
                line(v, experiment.labels[v], looks[v], {second: value} if second else {})
                for v in variants
            ],
        )
        for value in (experiment.grid[second] if second else [None])
    ]


def _panels(rows: int, columns: int) -> tuple[Figure, Any]:
    from matplotlib.figure import Figure

    from overfit.figures.theme import SINGLE_WIDTH, WIDTH

    height = {1: 2.6, 2: 1.75, 3: 1.5, 4: 1.35}[rows]
    width = WIDTH if columns > 1 else SINGLE_WIDTH
    drawing = Figure(figsize=(width, 0.55 + rows * height), layout="constrained")
    grid = drawing.subplots(rows, columns, sharex=True, sharey="row", squeeze=False)
    return drawing, grid


def _panel(
    axes: Axes,
    metrics: Any,
    name: str,
    lines: Sequence[Line],
    scale: PointScale,
    baseline: str | None,
) -> list[list[Estimate]]:
    """Draw the lines of a panel; give what each of them shows."""
    import numpy as np

    from overfit.figures.data import DIVERGED, estimates
    from overfit.figures.theme import MUTED

    x = np.asarray([scale.positions[i] for i in scale.order])
    if baseline:
        axes.axhline(0, color=MUTED, lw=0.8, zorder=1)
    found = [estimates(metrics, name, line.places, minus=baseline) for line in lines]
    few = len(x) <= FEW_POINTS and name != DIVERGED
    # The first on top: its dashes show where lines coincide.
    for line, shown in reversed(list(zip(lines, found, strict=True))):
        draw_estimates(axes, x, shown, line.style, seeds=few)
    return found


def _mark_best(
    axes: Axes,
    scale: PointScale,
    lines: Sequence[Line],
    found: Sequence[Sequence[Estimate]],
    best: str,
) -> None:
    """A ring around the highest or the lowest mean of each line."""
    import numpy as np

    x = [scale.positions[i] for i in scale.order]
    for line, shown in zip(lines, found, strict=True):
        means = np.asarray([estimate.mean for estimate in shown])
        if np.isnan(means).all():
            continue
        at = int(np.nanargmax(means if best == "highest" else -means))
        axes.plot(x[at], means[at], "o", ms=9, mfc="none", mec=line.style.colour, gid="best")


def draw_estimates(
    axes: Axes,
    x: np.ndarray[Any, np.dtype[np.float64]],
    found: Sequence[Estimate],
    style: Style,
    *,
    seeds: bool,
) -> None:
    """Draw a line of means with its band; markers of incomplete estimates are hollow."""
    import numpy as np

    means = np.asarray([estimate.mean for estimate in found])
    low = np.asarray([estimate.low for estimate in found])
    high = np.asarray([estimate.high for estimate in found])
    axes.fill_between(x, low, high, color=style.colour, alpha=0.16, lw=0)
    if seeds:
        for place, estimate in zip(x, found, strict=True):
            axes.scatter(
                np.full(len(estimate.seeds), place),
                estimate.seeds,
                s=5,
                color=style.colour,
                alpha=0.35,
                lw=0,
            )
    axes.plot(x, means, color=style.colour, ls=style.dashes, gid="mean")
    hollow = np.asarray([estimate.incomplete for estimate in found])
    for chosen, face in ((~hollow, style.colour), (hollow, "white")):
        axes.plot(
            x[chosen], means[chosen], style.marker, ms=4, color=style.colour, mfc=face, mew=0.9
        )


def _value_axis(axes: Axes, name: str, shown: Wording, relative: bool) -> None:
    from matplotlib.ticker import MaxNLocator

    from overfit.figures.data import DIVERGED

    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    axes.margins(y=0.06)
    if name == DIVERGED and not relative:
        axes.set_ylim(-4, 104)
        axes.set_yticks([0, 50, 100])


def _finish(
    experiment: Experiment,
    figure: MetricByAxis,
    drawing: Figure,
    grid: Any,
    columns: Sequence[Column],
    scale: PointScale,
) -> None:
    import numpy as np

    from overfit.figures.labels import label_end, spread_labels
    from overfit.figures.toolkit import key_above

    inches = (4.9 if len(columns) > 1 else 3.1) / len(columns)
    for axes in grid[-1]:
        scale.apply(axes, inches)
    lines = columns[0].lines
    if len(columns) > 1 and len(lines) > 1:
        key_above(drawing, {line.name: line.style for line in lines}, marked=True)
    elif len(lines) > 1:
        for axes in grid[:, 0]:
            means = [curve for curve in axes.lines if curve.get_gid() == "mean"]
            for line, curve in zip(reversed(lines), means, strict=True):
                heights = np.asarray(curve.get_ydata(), float)
                if (~np.isnan(heights)).any():
                    height = float(heights[~np.isnan(heights)][-1])
                    label_end(axes, height, wrapped(line.name, LABEL_WIDTH), line.style.colour)
    n = counted(experiment.seeds, "seed")
    dots = "; dots: " if len(scale.points) <= FEW_POINTS else ", "
    heading = f"mean and 95% interval{dots}{n}"
    if figure.relative_to:
        heading = f"minus {experiment.labels[figure.relative_to]}, seed by seed: {heading}"
    below = wrapped(f"({heading})", 80 if len(columns) > 1 else 60)
    drawing.supxlabel(f"{axis_label(figure.axis)}\n{below}", fontsize=8)
    spread_labels(drawing)


def caption(experiment: Experiment, figure: MetricByAxis) -> str:
    """What is shown, what the bands mean, n."""
    few = len(experiment.grid[figure.axis]) <= FEW_POINTS
    metrics = metrics_listed(figure.metrics)
    if figure.relative_to:
        metrics = differences(experiment, metrics, figure.relative_to)
    across = f"{metrics} against the {lowered(axis_label(figure.axis))}"
    for key, what in (("panels", "a column of panels"), ("lines", "a line")):
        if getattr(figure, key):
            across += f", {what} for each value of {lowered(axis_label(getattr(figure, key)))}"
    return " ".join(
        [
            f"{across}.",
            f"Lines are means and bands the 95% intervals of the mean of {seeds(experiment)}"
            + ("; faint dots are seeds." if few else "."),
            hollow(figure.metrics),
            *_best(figure.best),
            *metrics_notes(figure.metrics),
            *places_note(figure),
        ]
    )


def _best(best: Mapping[str, str]) -> Iterator[str]:
    """What the rings mark."""
    for name, what in best.items():
        yield f"Rings mark the {what} {lowered(metric(name).label)} of each line."


def alt(experiment: Experiment, figure: MetricByAxis) -> str:
    """The picture in a sentence."""
    variants = [experiment.labels[v] for v in figure.variants or experiment.labels]
    return (
        f"Line charts of {lowered(metrics_listed(figure.metrics))} against the "
        f"{lowered(axis_label(figure.axis))} for: {listed(variants)}."
    )
