"""Figures of metrics: one number a seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from overfit.config.figures.figure import (
    AveragingFigure,
    BaseFigure,
    GridFigure,
    Mistakes,
    Reads,
    no_item_twice,
    numbers,
    panels,
)
from overfit.config.model import Items, Number, Text
from overfit.config.names import Axis, Context, Metric, VariantName

Scale = Literal["auto", "linear", "log", "even"]


class Comparison(BaseFigure):
    """All variants side by side: each seed, the mean and its interval, for each metric."""

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)
    most_variants: ClassVar[int] = 16
    of_repeats: ClassVar[bool] = True

    kind: Literal["comparison"]
    metrics: Annotated[
        tuple[Metric, ...], Items, Field(min_length=1, max_length=4), AfterValidator(no_item_twice)
    ]
    """A panel for each."""
    baseline: VariantName
    """The variant that the others are compared with."""

    def mistakes(self, context: Context) -> Mistakes:
        """A grid, too few or too many variants."""
        if context.grid:
            yield (
                f"comparison can't draw a grid ({', '.join(context.grid)}): it compares variants "
                "at a single point, as paired_differences does on a grid",
                [("kind",)],
            )
        if not 2 <= len(context.variants) <= self.most_variants:
            yield (
                f"comparison can draw 2 to {self.most_variants} variants; there are "
                f"{len(context.variants)}",
                [("kind",)],
            )


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
    scale: Scale = "auto"
    """Of the horizontal axis; `auto` is logarithmic where points are spread so, `even` sets them
    at equal distances. On a logarithmic axis, 0 has a place of its own at the left."""

    def own_axes(self) -> Mapping[str, str]:
        """All axes that options name."""
        options = {"axis": self.axis, "panels": self.panels, "lines": self.lines}
        return {option: axis for option, axis in options.items() if axis}

    def mistakes(self, context: Context) -> Mistakes:
        """A scale that the points don't fit, too many lines or panels, nothing to compare with."""
        yield from super().mistakes(context)
        if self.scale in ("linear", "log") and not numbers(context, self.axis):
            yield (
                f"the points of {self.axis} are not all numbers; write scale: even",
                [("scale",)],
            )
        points = context.grid.get(self.axis) or []
        if self.scale == "log" and numbers(context, self.axis) and any(p < 0 for p in points):
            yield ("an axis with negative points can't be logarithmic", [("scale",)])
        for metric in self.best:
            if metric not in self.metrics:
                yield (f"{metric} is not among the metrics", [("best", metric)])
        if self.lines and self.panels:
            yield ("lines and panels can't be used together", [("lines",)])
        if self.lines and panels(context, [self.lines]) > 12:
            count = panels(context, [self.lines])
            yield (f"{count} lines are too many to tell apart; up to 12", [("lines",)])
        columns = panels(context, [self.panels]) if self.panels else 1
        if columns > 6:
            yield (f"{columns} columns of panels are too narrow to read; up to 6", [("panels",)])
        if self.lines and len(self.shown(context)) > 6:
            yield ("with lines, up to 6 variants can be drawn; pick some", [("variants",)])
        if self.relative_to and not set(self.shown(context)) - {self.relative_to}:
            yield ("there is no other variant to compare with it", [("relative_to",)])


class Heatmap(AveragingFigure):
    """A metric over two grid axes: a coloured cell for each pair of points.

    Each metric and each variant has a panel.
    """

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)
    most_variants: ClassVar[int] = 4

    kind: Literal["heatmap"]
    x: Axis
    """The horizontal axis."""
    y: Axis
    """The vertical axis."""
    metrics: Annotated[
        tuple[Metric, ...],
        Items,
        Field(min_length=1, max_length=4),
        AfterValidator(no_item_twice),
    ]
    """A row of panels for each; one metric of several variants, or several of one, share a row."""
    relative_to: VariantName | None = None
    """A variant whose value is subtracted from that of the others, seed by seed."""

    def own_axes(self) -> Mapping[str, str]:
        """All axes that options name."""
        return {"x": self.x, "y": self.y}

    def mistakes(self, context: Context) -> Mistakes:
        """Too many cells, nothing to compare with."""
        yield from super().mistakes(context)
        for option, axis in (("x", self.x), ("y", self.y)):
            if panels(context, [axis]) > 24:
                yield (f"{axis} has more than 24 points", [(option,)])
        if self.relative_to and not set(self.shown(context)) - {self.relative_to}:
            yield ("there is no other variant to compare with it", [("relative_to",)])


class PairedDifferences(AveragingFigure):
    """Each variant minus a baseline, seed by seed: every seed, the mean and its 95% interval.

    A forest plot, with a column for each metric.
    """

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)
    most_variants: ClassVar[int] = 24
    of_repeats: ClassVar[bool] = True

    kind: Literal["paired_differences"]
    metrics: Annotated[
        tuple[Metric, ...], Items, Field(min_length=1, max_length=4), AfterValidator(no_item_twice)
    ]
    """A column for each."""
    baseline: VariantName
    """The variant that the others are compared with."""
    margins: dict[Metric, Annotated[Number, Field(gt=0)]] = Field(default_factory=dict)
    """For each metric its smallest difference of interest, in its unit: a grey band about 0."""
    order: Literal["file", "estimate"] = "file"
    """Rows as in the file, or by the estimate of the first metric, highest first."""

    def mistakes(self, context: Context) -> Mistakes:
        """Margins of what is not shown."""
        yield from super().mistakes(context)
        for metric in self.margins:
            if metric not in self.metrics:
                yield (f"{metric} is not among the metrics", [("margins", metric)])
        if not set(self.shown(context)) - {self.baseline}:
            yield ("there is no other variant to compare with it", [("baseline",)])


class TradeOff(AveragingFigure):
    """A metric against another along a grid axis: a path for each variant, its points labelled.

    Each point has 95% intervals both ways.
    """

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)

    kind: Literal["trade_off"]
    x: Metric
    """The horizontal metric."""
    y: Metric
    """The vertical metric."""
    axis: Axis | None = None
    """The grid axis that a path follows; without it, each variant is a point."""

    def own_axes(self) -> Mapping[str, str]:
        """All axes that options name."""
        return {"axis": self.axis} if self.axis else {}

    def mistakes(self, context: Context) -> Mistakes:
        """A metric against itself."""
        yield from super().mistakes(context)
        if self.x == self.y:
            yield (f"{self.x} is drawn against itself", [("y",)])


class Interaction(AveragingFigure):
    """How the effect of one factor depends on another: lines between means.

    Each mean has its 95% interval, and faint lines are the seeds. With two lines at two points, the
    interaction itself, a difference of differences, is given with its interval.
    """

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)
    most_variants: ClassVar[int] = 24

    kind: Literal["interaction"]
    metrics: Annotated[
        tuple[Metric, ...], Items, Field(min_length=1, max_length=4), AfterValidator(no_item_twice)
    ]
    """A panel for each."""
    axis: Axis | None = None
    """The factor on the horizontal axis, as a grid axis; then each variant is a line."""
    levels: Annotated[tuple[Text, ...], Items] = ()
    """Without `axis`: the names of the points on the horizontal axis."""
    groups: dict[Text, Annotated[tuple[VariantName, ...], Items]] = Field(default_factory=dict)
    """Without `axis`: the lines by name, each with a variant for each level."""

    def own_axes(self) -> Mapping[str, str]:
        """All axes that options name."""
        return {"axis": self.axis} if self.axis else {}

    def shown(self, context: Context) -> Sequence[str]:
        """The variants that are shown."""
        named = dict.fromkeys(name for names in self.groups.values() for name in names)
        return [*named] or super().shown(context)

    def mistakes(self, context: Context) -> Mistakes:
        """Factors that are missing or don't fit."""
        yield from super().mistakes(context)
        if bool(self.axis) == bool(self.groups):
            yield ("needs either axis: AXIS, or levels and groups: {LINE: [VARIANT, ...]}", [()])
            return
        if self.groups and self.variants:
            yield ("groups name the variants already", [("variants",)])
        for name, variants in self.groups.items():
            if len(variants) != len(self.levels):
                message = f"has {len(variants)} variants for {len(self.levels)} levels"
                yield (message, [("groups", name)])
        points = panels(context, [self.axis]) if self.axis else len(self.levels)
        most = 12 if self.axis else 8  # names are longer than points
        if not 2 <= points <= most:
            option = "axis" if self.axis else "levels"
            yield (f"the horizontal factor has {points} points, not 2 to {most}", [(option,)])
        lines = len(self.groups) if self.groups else len(super().shown(context))
        if not 2 <= lines <= 8:
            yield (f"there are {lines} lines, not 2 to 8", [("groups",)])


class Ensemble(GridFigure):
    """Error and log-loss of the averaged predictions of K networks, against K."""

    reads: ClassVar[tuple[Reads, ...]] = ("kept", "labels")
    most_variants: ClassVar[int] = 6

    kind: Literal["ensemble"]
    subsets: int = Field(default=200, ge=10, le=2000)
    """For each K, this many random choices of K of the seeds' networks."""

    def mistakes(self, context: Context) -> Mistakes:
        """Without predictions there is nothing to average."""
        yield from super().mistakes(context)
        if context.keep is not None and "predictions" not in context.keep:
            message = "ensemble averages kept predictions; add them: keep: [predictions]"
            yield (message, [("kind",)])
