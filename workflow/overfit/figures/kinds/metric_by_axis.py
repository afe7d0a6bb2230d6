"""Metrics against a grid axis: for each variant a line of means with a band of intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from overfit.config.experiment import Experiment
from overfit.config.model import Items, Number, each_once
from overfit.config.names import Axis, Context, Metric, VariantName
from overfit.figures.deferred import data, mpl, theme, toolkit
from overfit.figures.options import (
    AveragingFigure,
    Metrics,
    Mistakes,
    Reads,
    all_numbers,
    count_points,
)
from overfit.figures.words import (
    counted,
    differences,
    listed,
    metrics_listed,
    metrics_notes,
    places_note,
    point_texts,
    seeds,
    titled,
    wrapped,
)
from overfit.metrics.axes import axis_label, lowered
from overfit.metrics.format import power_of_ten
from overfit.metrics.table import metric
from overfit.results import Results

LABEL_WIDTH, NARROW = 18, 13
"""Characters of a name at the end of a line, in a single panel and in one of two."""
FEW_POINTS = 8
"""Up to this many points per line, the seeds are drawn as dots; of more, only those far off."""
COINCIDING = 0.04
"""Lines that differ nowhere by more than this share of their panel's range are one grey line."""
FEWEST = 3
"""Lines that coincide are grey if there are at least this many."""
SIDE_BY_SIDE = {1: 1, 2: 2, 3: 3, 4: 2}
"""The panels in a row by the number of metrics, if each metric has one panel."""
ALONE, TOGETHER = {1: 2.6, 2: 2.2, 3: 1.9, 4: 1.75}, {1: 2.6, 2: 1.75, 3: 1.5, 4: 1.35}
"""Inches; the height of a panel by the number of metrics, there and in columns of panels."""
NAMED = 2
"""With more metrics, a key names the lines, because panels are narrow."""


class MetricByAxis(AveragingFigure):
    """Metrics against a grid axis: for each variant a line of means with a band of 95% intervals.

    Each metric has a panel.
    """

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)
    axis_options: ClassVar[tuple[str, ...]] = ("axis", "panels", "lines")

    kind: Literal["metric_by_axis"]
    axis: Axis
    """The horizontal axis."""
    metrics: Metrics
    """A panel for each; with `panels`, or `lines` of several variants, a row of panels for each."""
    panels: Axis | None = None
    """A second grid axis, with a column of panels for each of its points."""
    lines: Axis | None = None
    """A second grid axis, with a line for each of its points; then each variant has a column of
    panels."""
    relative_to: VariantName | None = None
    """A variant whose value is subtracted from that of the others, seed by seed."""
    best: dict[Metric, Literal["highest", "lowest"]] = Field(default_factory=dict)
    """Which mean of each line is best and gets a ring, by metric: `{gap: lowest}`."""
    log: Annotated[tuple[Metric, ...], Items, AfterValidator(each_once)] = ()
    """The metrics with a logarithmic vertical axis."""
    scale: Literal["auto", "linear", "log", "even"] = "auto"
    """The scale of the horizontal axis; `auto` is logarithmic if that spreads the points more
    evenly, `even` sets them at equal distances. A logarithmic axis with 0 is linear up to the next
    point."""
    reference: Number | None = None
    """A vertical reference line at this place of the horizontal axis."""
    reference_label: str = ""
    """The meaning of the reference line: "as many parameters as labels"."""

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
        yield from self._reference_mistakes(context)
        for name in self.best:
            if name not in self.metrics:
                yield (f"{name} is not among the metrics", [("best", name)])
        for place, name in enumerate(self.log):
            if name not in self.metrics:
                yield (f"{name} is not among the metrics", [("log", place)])
            elif self.relative_to or not metric(name).ratios:
                yield (f"{name} has no logarithm where it is 0 or less", [("log", place)])
        if self.lines and self.panels:
            yield ("lines and panels can't be used together", [("lines",)])
        if self.lines and count_points(context, [self.lines]) > 12:
            count = count_points(context, [self.lines])
            yield (f"{count} lines are too many to distinguish; up to 12", [("lines",)])
        columns = count_points(context, [self.panels]) if self.panels else 1
        if columns > 6:
            yield (f"{columns} columns of panels are too narrow to read; up to 6", [("panels",)])
        if self.lines and len(self.shown(context)) > 6:
            yield ("with lines, up to 6 variants can be drawn; pick some", [("variants",)])
        if self.relative_to and not set(self.shown(context)) - {self.relative_to}:
            yield ("there is no other variant to compare with it", [("relative_to",)])

    def _reference_mistakes(self, context: Context) -> Mistakes:
        if (self.reference is None) != (not self.reference_label):
            key = "reference_label" if self.reference is None else "reference"
            yield ("reference and reference_label need each other", [(key,)])
        points = context.grid.get(self.axis) or []
        if self.reference is None or not points:
            return
        if self.scale == "even" or not all_numbers(context, self.axis):
            yield (
                f"{self.axis} is not drawn to scale, so it has no place for it",
                [("reference",)],
            )
        elif not min(points) <= self.reference <= max(points):
            ends = f"{min(points):g} to {max(points):g}"
            yield (f"{self.reference:g} is not on the axis, from {ends}", [("reference",)])


@dataclass(frozen=True)
class PointScale:
    """The points of a grid axis on an axis of a figure.

    Attributes:
        points: from the left to the right.
        kind: `linear`, `log` (with 0 at the left end, if it is one of them) or `even`.
    """

    points: tuple[Any, ...]
    kind: str

    @property
    def positions(self) -> list[float]:
        """The places of the points, in the coordinates of the axis."""
        return [float(i if self.kind == "even" else p) for i, p in enumerate(self.points)]

    def apply(self, axes: mpl.axes.Axes, inches: float) -> None:
        """Set scale, limits and ticks of the x axis of a panel that is `inches` wide."""
        if self.kind == "log" and self.points[0] == 0:
            first, last = self.points[1], self.points[-1]
            step = (last / first) ** (1 / max(1, len(self.points) - 2))
            width = math.log10(min(max(step, 2.0), 10.0))
            axes.set_xscale("symlog", linthresh=first, linscale=width * 9 / 10)
        elif self.kind == "log":
            axes.set_xscale("log")
        places = axes.transScale.transform([(place, 0.0) for place in self.positions])[:, 0]
        pad = 0.04 * float(np.ptp(places)) or 0.5
        ends = [(places.min() - pad, 0.0), (places.max() + pad, 0.0)]
        axes.set_xlim(*axes.transScale.inverted().transform(ends)[:, 0])
        ticks, texts = self._ticks(places, inches)
        axes.set_xticks(ticks, texts)
        axes.xaxis.set_minor_locator(mpl.ticker.NullLocator())

    def _ticks(self, places: NDArray[np.float64], inches: float) -> tuple[list[float], list[str]]:
        positive = [point for point in self.points if self.kind == "log" and point > 0]
        if positive and max(positive) / min(positive) >= 1000:
            return self._decades(positive, inches)
        span = float(np.ptp(places)) or 1.0
        shown: list[int] = []
        texts = point_texts(self.points)
        right = -np.inf
        for i, place in enumerate(places):
            middle = inches * 0.92 * (place - places.min()) / span
            half = toolkit.CHARACTER * (len(texts[i]) + 1) / 2
            if middle - half >= right:
                shown.append(i)
                right = middle + half
        return [self.positions[i] for i in shown], [texts[i] for i in shown]

    def _decades(self, positive: Sequence[float], inches: float) -> tuple[list[float], list[str]]:
        first, last = np.ceil(np.log10(min(positive)) - 1e-9), np.log10(max(positive)) + 1e-9
        exponents = np.arange(int(first), int(np.floor(last)) + 1)
        step = int(np.ceil(len(exponents) * 5 * toolkit.CHARACTER / inches))
        shown = exponents[::step]
        ticks = [10.0 ** float(exponent) for exponent in shown]
        texts = [power_of_ten(int(exponent)) for exponent in shown]
        return ([0.0, *ticks], ["0", *texts]) if 0 in self.points else (ticks, texts)


def point_scale(points: Sequence[Any], kind: str = "auto") -> PointScale:
    """The scale of points.

    `auto` is `even` unless all are numbers, `log` where positive points have more equal ratios than
    differences, else `linear`.
    """
    chosen = _suited(points) if kind == "auto" else kind
    return PointScale(tuple(points if chosen == "even" else sorted(points)), chosen)


def _suited(points: Sequence[Any]) -> str:
    if not all(isinstance(p, int | float) and not isinstance(p, bool) for p in points):
        return "even"
    ascending = np.sort(np.asarray(points, float))
    positive = ascending[ascending > 0]
    if ascending[0] < 0 or len(positive) < 3:
        return "linear"
    return "log" if _unevenness(np.log(positive)) < _unevenness(ascending) else "linear"


def _unevenness(ascending: NDArray[np.float64]) -> float:
    """The standard deviation of the distances over their mean."""
    distances = np.diff(ascending)
    return round(float(distances.std() / distances.mean()), 6)


@dataclass(frozen=True)
class Line:
    """One line of a panel: the places along the axis."""

    name: str
    style: theme.Style
    places: list[data.Place]


@dataclass(frozen=True)
class Column:
    """A column of panels with the same lines."""

    title: str
    lines: list[Line]


def draw(experiment: Experiment, figure: MetricByAxis, results: Results) -> mpl.figure.Figure:
    """Draw a panel for each metric; with several columns, a row for each."""
    metrics = data.metrics_of(experiment, results)
    scale = point_scale(experiment.grid[figure.axis], figure.scale)
    columns = _columns(experiment, figure, scale)
    names, baseline, alone = figure.metrics, figure.relative_to, len(columns) == 1
    across = SIDE_BY_SIDE[len(names)] if alone else len(columns)
    rows = len(names) // across if alone else len(names)
    height = (ALONE if alone else TOGETHER)[len(names)]
    size = (theme.WIDTH if across > 1 else theme.SINGLE_WIDTH, 0.55 + rows * height)
    drawing = mpl.figure.Figure(figsize=size, layout="constrained")
    grid = drawing.subplots(
        rows, across, sharex=True, sharey=False if alone else "row", squeeze=False
    )
    lines = columns[0].lines
    named = alone and len(lines) > 1 and _has_room([line.name for line in lines], len(names))
    inches = _inches(across, alone=alone, named=named)
    for panels, name in zip(grid.reshape(len(names), -1), names, strict=True):
        shown = metric(name)
        means = [
            _panel(axes, metrics, name, column.lines, figure, scale, inches, named=named)
            for axes, column in zip(panels, columns, strict=True)
        ]
        what = f"{shown.label}:\n{shown.difference_axis.lower()}" if baseline else shown.axis
        if name == data.DIVERGED and not baseline:
            what = "Diverged seeds"
        if across > 1 and alone:
            panels[0].set_title(wrapped(" ".join(what.split()), {2: 40, 3: 27}[across]))
        else:
            panels[0].set_ylabel(what if baseline else wrapped(what, 24))
        if name == data.DIVERGED and not baseline:
            continue
        if name in figure.log:
            panels[0].set_yscale("log")
        else:
            toolkit.value_ticks(panels[0].yaxis)
        panels[0].margins(y=0.06)
        if named:
            _name_lines(panels[0], lines, means[0], LABEL_WIDTH if across == 1 else NARROW)
    if not alone:
        for axes, column in zip(grid[0], columns, strict=True):
            axes.set_title(column.title)
    for axes in grid[-1]:
        scale.apply(axes, inches)
    if len(lines) > 1 and not named:
        toolkit.key_above(drawing, {line.name: line.style for line in lines}, marked=True)
    dots = "; dots: " if len(scale.points) <= FEW_POINTS else ", "
    heading = f"mean and 95% interval{dots}{counted(experiment.seeds, 'seed')}"
    if figure.reference_label:
        heading += f"; dotted line: {figure.reference_label}"
    if baseline:
        heading = f"minus {experiment.labels[baseline]}, seed by seed: {heading}"
    below = wrapped(f"({heading})", 80 if across > 1 else 60)
    drawing.supxlabel(f"{axis_label(figure.axis)}\n{below}", fontsize=8)
    toolkit.spread_labels(drawing)
    return drawing


def _inches(across: int, *, alone: bool, named: bool) -> float:
    """About how wide a panel is."""
    if alone and across > 1:
        return theme.WIDTH / across - (1.4 if named else 0.4)
    return (4.9 if across > 1 else 3.1) / across


def _columns(experiment: Experiment, figure: MetricByAxis, scale: PointScale) -> list[Column]:

    variants = [v for v in data.variants_of(experiment, figure) if v != figure.relative_to]
    looks = theme.variant_styles(experiment)
    second = figure.panels or figure.lines
    values = experiment.grid[second] if second else []

    def line(variant: str, name: str, style: theme.Style, **more: Any) -> Line:
        at = {**figure.at, **more}
        return Line(name, style, [(variant, {**at, figure.axis: p}) for p in scale.points])

    if not second:
        return [Column("", [line(v, experiment.labels[v], looks[v]) for v in variants])]
    if figure.panels:
        return [
            Column(
                titled(experiment, second, value),
                [line(v, experiment.labels[v], looks[v], **{second: value}) for v in variants],
            )
            for value in values
        ]
    styles = theme.ordered_styles(len(values))
    return [
        Column(
            experiment.labels[v] if len(variants) > 1 else "",
            [
                line(v, titled(experiment, second, value), style, **{second: value})
                for value, style in zip(values, styles, strict=True)
            ],
        )
        for v in variants
    ]


def _panel(
    axes: mpl.axes.Axes,
    metrics: Any,
    name: str,
    lines: Sequence[Line],
    figure: MetricByAxis,
    scale: PointScale,
    inches: float,
    *,
    named: bool,
) -> list[list[float]]:
    """Draw the lines of a panel; give their means."""
    if figure.relative_to:
        axes.axhline(0, color=theme.MUTED, lw=0.8, zorder=1)
    if figure.reference is not None:
        axes.axvline(figure.reference, color=theme.MUTED, lw=1.2, ls=":", zorder=1, gid="reference")
    found = [data.estimates(metrics, name, line.places, minus=figure.relative_to) for line in lines]
    if name == data.DIVERGED and not figure.relative_to:
        _counts(axes, lines, found, scale, inches, named=named)
        return []
    errorbar = data.interval_of(metric(name), difference=bool(figure.relative_to))
    few = len(scale.points) <= FEW_POINTS
    means_of = [[one.mean for one in shown] for shown in found]
    together = _coinciding(means_of) if named else set()
    best = {"highest": np.nanargmax, "lowest": np.nanargmin, None: None}[figure.best.get(name)]
    # The first on top: its dashes show where lines coincide.
    for i, (line, shown) in reversed(list(enumerate(zip(lines, found, strict=True)))):
        style = replace(line.style, colour=theme.MUTED) if i in together else line.style
        toolkit.draw_estimates(
            axes, scale.positions, shown, style, errorbar=errorbar,
            dots=0.0, far_only=not few,
        )  # fmt: skip
        means = [one.mean for one in shown]
        if best and not np.isnan(means).all():
            at, colour = best(means), style.colour
            axes.plot(scale.positions[at], means[at], "o", ms=9, mfc="none", mec=colour, gid="best")
    return means_of


def _has_room(names: Sequence[str], metrics: int) -> bool:
    """Whether lines are named where they end, rather than in a key."""
    return metrics == 1 or (metrics <= NAMED and max(map(len, names)) <= 2 * NARROW)


def _may_coincide(experiment: Experiment, figure: MetricByAxis) -> bool:
    """Whether lines are named where they end, and are enough for some to coincide."""
    shown = [v for v in figure.variants or experiment.labels if v != figure.relative_to]
    names = [experiment.labels[variant] for variant in shown]
    if figure.panels or (figure.lines and len(names) > 1):
        return False
    if axis := figure.lines:
        names = [titled(experiment, axis, value) for value in experiment.grid[axis]]
    return len(names) > FEWEST and _has_room(names, len(figure.metrics))


def _coinciding(means: Sequence[Sequence[float]]) -> set[int]:
    """The largest group of lines that nowhere differ by more than they can be told apart."""
    table = np.array(means, float)
    if len(table) < FEWEST or np.isnan(table).all():
        return set()
    apart = COINCIDING * float(np.nanmax(table) - np.nanmin(table))
    groups = []
    for one in table:
        same = np.isclose(table, one, rtol=0, atol=apart, equal_nan=True).all(axis=1)
        groups.append({int(i) for i in np.flatnonzero(same)})
    largest = max(groups, key=len)
    return largest if FEWEST <= len(largest) < len(table) else set()


def _counts(
    axes: mpl.axes.Axes,
    lines: Sequence[Line],
    found: Sequence[Sequence[data.Estimate]],
    scale: PointScale,
    inches: float,
    *,
    named: bool,
) -> None:
    """The number of diverged seeds at each point, in a row of text for each line."""
    widest = max(len(f"{len(one.seeds)}/{len(one.seeds)}") for shown in found for one in shown)
    whole = len(scale.points) * widest * toolkit.CHARACTER <= inches
    for row, (line, shown) in enumerate(zip(lines, found, strict=True)):
        for place, one in zip(scale.positions, shown, strict=True):
            of = f"/{len(one.seeds)}" if whole else ""
            colour = line.style.colour if one.diverged else theme.FAINT
            axes.text(place, row, f"{one.diverged}{of}", color=colour, ha="center", va="center",
                      fontsize=theme.SMALL, fontweight="bold" if one.diverged else "normal",
                      gid="count")  # fmt: skip
        if named:
            toolkit.label_end(axes, row, wrapped(line.name, LABEL_WIDTH), line.style.colour)
        elif len(lines) > 1:  # as in the key
            look: dict[str, Any] = {"color": line.style.colour, "ms": 4, "clip_on": False}
            axes.plot(0, row, line.style.marker, transform=axes.get_yaxis_transform(), **look)
    axes.set_ylim(len(lines) - 0.3, -0.7)
    axes.set_yticks([])
    axes.grid(visible=False)


def _name_lines(
    axes: mpl.axes.Axes, lines: Sequence[Line], means: Sequence[Sequence[float]], width: int
) -> None:
    """Write the name of each line at its end; of those that coincide, together and in grey."""
    together = _coinciding(means)
    named = [line.name for i, line in enumerate(lines) if i in together]
    for i, (line, heights) in reversed(list(enumerate(zip(lines, means, strict=True)))):
        seen = [height for height in heights if not np.isnan(height)]
        if seen and i not in together:
            toolkit.label_end(axes, seen[-1], wrapped(line.name, width), line.style.colour)
        elif seen and i == min(together):
            text = wrapped(listed(named), width + 6)
            toolkit.label_end(axes, seen[-1], text, theme.MUTED)


def caption(experiment: Experiment, figure: MetricByAxis) -> str:
    """The caption, which explains the bands and gives n."""
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
            f"{across}: means and 95% intervals of {seeds(experiment)}"
            + ("; faint dots are seeds." if few else "; dots are seeds far from the others."),
            *(["Lines that coincide are grey."] if _may_coincide(experiment, figure) else []),
            *_best(figure.best),
            *(
                [f"Dotted vertical line: {figure.reference_label}."]
                if figure.reference_label
                else []
            ),
            *metrics_notes([name for name in figure.metrics if name != "diverged"]),
            *(["Numbers count the diverged seeds."] if "diverged" in figure.metrics else []),
            *places_note(figure),
        ]
    )


def _best(best: Mapping[str, str]) -> Iterator[str]:
    """The meaning of the rings."""
    for name, what in best.items():
        yield f"Rings mark the {what} {lowered(metric(name).label)} of each line."


def alt(experiment: Experiment, figure: MetricByAxis) -> str:
    """A description of the figure in one sentence."""
    variants = [experiment.labels[v] for v in figure.variants or experiment.labels]
    return (
        f"Line charts of {lowered(metrics_listed(figure.metrics))} against the "
        f"{lowered(axis_label(figure.axis))} for: {listed(variants)}."
    )
