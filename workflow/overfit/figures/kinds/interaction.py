"""The dependence of one factor's effect on another: lines between means, and the seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from overfit.config.experiment import Experiment
from overfit.config.model import Items, Text
from overfit.config.names import Axis, Context, VariantName
from overfit.figures.deferred import data, mpl, pd, theme, toolkit
from overfit.figures.options import AveragingFigure, Metrics, Mistakes, Reads, count_points
from overfit.figures.words import (
    counted,
    listed,
    metrics_listed,
    metrics_notes,
    places_note,
    point_texts,
    seeds,
    wrapped,
)
from overfit.metrics.axes import axis_label, lowered
from overfit.metrics.resampling import mean_intervals
from overfit.metrics.table import Metric as Wording
from overfit.metrics.table import metric
from overfit.results import Results

LEVELS_WIDTH = {1: 60, 2: 36}
"""Characters below a panel, by the number of columns."""
LABEL_WIDTH = 14
"""Characters of a name at the end of a line."""


class Interaction(AveragingFigure):
    """The dependence of one factor's effect on another: lines between means.

    Each mean has its 95% interval, and faint lines are the seeds. With two lines at two points, the
    interaction itself, a difference of differences, is given with its interval.
    """

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)
    most_variants: ClassVar[int] = 24
    axis_options: ClassVar[tuple[str, ...]] = ("axis",)

    kind: Literal["interaction"]
    metrics: Metrics
    """A panel for each."""
    axis: Axis | None = None
    """The factor on the horizontal axis, as a grid axis; then each variant is a line."""
    levels: Annotated[tuple[Text, ...], Items] = ()
    """The names of the points on the horizontal axis, if `axis` is not given."""
    groups: dict[Text, Annotated[tuple[VariantName, ...], Items]] = Field(default_factory=dict)
    """The lines by name, each with a variant for each level, if `axis` is not given."""

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
                message = f"must have {len(self.levels)} variants, but has {len(variants)}"
                yield (message, [("groups", name)])
        points = count_points(context, [self.axis]) if self.axis else len(self.levels)
        most = 12 if self.axis else 8  # names are longer than points
        if not 2 <= points <= most:
            option = "axis" if self.axis else "levels"
            yield (f"the horizontal factor has {points} points, not 2 to {most}", [(option,)])
        lines = len(self.groups) if self.groups else len(super().shown(context))
        if not 2 <= lines <= 8:
            yield (f"there are {lines} lines, not 2 to 8", [("groups",)])


def draw(experiment: Experiment, figure: Interaction, results: Results) -> mpl.figure.Figure:
    """Draw a panel for each metric."""
    metrics = data.metrics_of(experiment, results)
    levels, lines = _factors(experiment, figure)
    names = figure.metrics
    rows = 2 if len(names) > 3 else 1
    columns = -(-len(names) // rows)
    width = theme.WIDTH if len(names) > 1 else theme.SINGLE_WIDTH
    drawing = mpl.figure.Figure(figsize=(width, 0.6 + 2.4 * rows), layout="constrained")
    panels = list(drawing.subplots(rows, columns, squeeze=False).flat)
    for axes, name in zip(panels, names, strict=True):
        toolkit.value_ticks(axes.yaxis)
        ends = [_line(axes, metrics, name, places, style) for _, style, places in lines]
        for (text, style, _), end in zip(lines, ends, strict=True):
            if not np.isnan(end):
                toolkit.label_end(axes, end, wrapped(text, LABEL_WIDTH), style.colour)
        shown = metric(name)
        axes.set_ylabel(wrapped(shown.axis, 28))
        toolkit.name_places(axes, levels, LEVELS_WIDTH.get(columns, 18) // len(levels))
        axes.set_xlim(-0.15, len(levels) - 0.85)
        toolkit.keep_percent(axes, "y", shown)
        axes.grid(axis="x", visible=False)
        if len(lines) == len(levels) == 2:
            axes.set_title(
                _interaction(metrics, name, [places for _, _, places in lines], shown),
                fontsize=8,
                fontweight="normal",
            )
    n = f"mean and 95% interval; faint lines: {counted(experiment.seeds, 'seed')}"
    heading = f"{axis_label(figure.axis)}\n({n})" if figure.axis else f"({n})"
    drawing.supxlabel(heading, fontsize=8)
    toolkit.spread_labels(drawing)
    return drawing


def _factors(
    experiment: Experiment, figure: Interaction
) -> tuple[list[str], list[tuple[str, theme.Style, list[data.Place]]]]:
    """The names of the levels, and each line with its name, style and places."""
    axis, at, styles = figure.axis, figure.at, theme.variant_styles(experiment)
    if not axis:
        return list(figure.levels), [
            (name, styles[variants[0]], [(variant, at) for variant in variants])
            for name, variants in figure.groups.items()
        ]
    points = experiment.grid[axis]
    return point_texts(points), [
        (
            experiment.labels[variant],
            styles[variant],
            [(variant, {**at, axis: point}) for point in points],
        )
        for variant in data.variants_of(experiment, figure)
    ]


def _line(
    axes: mpl.axes.Axes,
    metrics: pd.DataFrame,
    name: str,
    places: Sequence[data.Place],
    style: theme.Style,
) -> float:
    """Draw a line; return the height of its end, NaN without values."""
    x = range(len(places))
    each = {place: data.by_seed(metrics, name, *at) for place, at in zip(x, places, strict=True)}
    seeds = pd.DataFrame(each).rename_axis("seed").reset_index().melt("seed", var_name="x")
    seeds = seeds.assign(x=seeds["x"].astype(float), value=metric(name).factor * seeds["value"])
    toolkit.draw_each_seed(axes, seeds, "x", "value", style, alpha=0.3)
    found = data.estimates(metrics, name, places)
    errorbar = data.interval_of(metric(name))
    toolkit.draw_estimates(axes, x, found, style, errorbar=errorbar, bars=True)
    means = [one.mean for one in found if not np.isnan(one.mean)]
    return means[-1] if means else float("nan")


def _interaction(
    metrics: pd.DataFrame, name: str, lines: Sequence[Sequence[data.Place]], shown: Wording
) -> str:
    """The rise of the second line minus that of the first, with its interval."""
    (a, b), (c, d) = ([data.by_seed(metrics, name, *place) for place in line] for line in lines)
    every = (d - c) - (b - a)
    rises: NDArray[np.float64] = np.sort(every.dropna().to_numpy())
    if not len(rises):
        return ""
    low, high = mean_intervals([rises])[0]
    interval = "" if np.isnan(low) else f" {shown.interval(low, high)}"
    missing = f" (n = {len(rises)})" if len(rises) < len(every) else ""
    effect = f"{shown.difference(rises.mean())}{interval} {shown.difference_unit}".rstrip()
    return f"Interaction: {effect}{missing}"


def caption(experiment: Experiment, figure: Interaction) -> str:
    """The caption, which explains the bars and gives n."""
    return " ".join(
        [
            f"{metrics_listed(figure.metrics)} for {_levels(figure)}: means of {seeds(experiment)} "
            "with 95% intervals; faint lines are seeds. Parallel lines: no interaction.",
            *(
                [
                    "The interaction is how much more the second line rises than the first, seed "
                    "by seed."
                ]
                if len(lines(experiment, figure)) == 2 and len(figure.levels) == 2
                else []
            ),
            *metrics_notes(figure.metrics),
            *places_note(figure),
        ]
    )


def alt(experiment: Experiment, figure: Interaction) -> str:
    """A description of the figure in one sentence."""
    return (
        f"Line charts of {lowered(metrics_listed(figure.metrics))} for {_levels(figure)}, a "
        f"line for each of: {listed(lines(experiment, figure))}."
    )


def lines(experiment: Experiment, figure: Interaction) -> list[str]:
    """The names of the lines."""
    shown = figure.variants or experiment.labels
    return list(figure.groups) or [experiment.labels[variant] for variant in shown]


def _levels(figure: Interaction) -> str:
    if figure.axis:
        return f"each value of {lowered(axis_label(figure.axis))}"
    return listed(list(figure.levels))
