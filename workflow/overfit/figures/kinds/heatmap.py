"""A metric over two grid axes: a coloured cell for each pair of points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from overfit.config.experiment import Experiment
from overfit.config.names import Axis, Context, VariantName
from overfit.figures.deferred import data, mpl, sns, theme, toolkit
from overfit.figures.options import AveragingFigure, Metrics, Mistakes, Reads, count_points
from overfit.figures.words import (
    counted,
    differences,
    listed,
    metrics_listed,
    metrics_notes,
    places_note,
    point_texts,
    seeds,
    wrapped,
)
from overfit.metrics.axes import axis_label, lowered
from overfit.metrics.table import MATCH, metric
from overfit.metrics.table import Metric as Wording
from overfit.results import Results

SEQUENTIAL, DIVERGING = ("viridis", "viridis_r"), "PuOr_r"
"""Light is good, whether high or low values are better; differences and gaps diverge from 0."""
ACCURACIES = ("train_accuracy", "validation_accuracy", "test_accuracy", "best_test_accuracy")
"""The metrics that share one scale of colours."""
MISSING = "#dddddd"
LOWEST = 1.3
"""Inches; the height of a panel, at least."""


class Heatmap(AveragingFigure):
    """A metric over two grid axes: a coloured cell for each pair of points.

    Each metric and each variant has a panel.
    """

    reads: ClassVar[tuple[Reads, ...]] = ("metrics",)
    most_variants: ClassVar[int] = 4
    axis_options: ClassVar[tuple[str, ...]] = ("x", "y")

    kind: Literal["heatmap"]
    x: Axis
    """The horizontal axis."""
    y: Axis
    """The vertical axis."""
    metrics: Metrics
    """A row of panels for each; one metric of several variants, or several of one, share a row."""
    relative_to: VariantName | None = None
    """A variant whose value is subtracted from that of the others, seed by seed."""

    def mistakes(self, context: Context) -> Mistakes:
        """Too many cells, nothing to compare with."""
        yield from super().mistakes(context)
        for option, axis in (("x", self.x), ("y", self.y)):
            if count_points(context, [axis]) > 24:
                yield (f"{axis} has more than 24 points", [(option,)])
        if self.relative_to and not set(self.shown(context)) - {self.relative_to}:
            yield ("there is no other variant to compare with it", [("relative_to",)])


def draw(experiment: Experiment, figure: Heatmap, results: Results) -> mpl.figure.Figure:
    """Draw a row of panels for each metric and a column for each variant.

    Several metrics of a single variant share a row.
    """
    metrics = data.metrics_of(experiment, results)
    baseline = figure.relative_to
    variants = [variant for variant in data.variants_of(experiment, figure) if variant != baseline]
    names = figure.metrics
    panels = [(name, variant) for name in names for variant in variants]
    columns = len(variants) if len(variants) > 1 else len(names)
    rows = len(panels) // columns
    xs, ys = (data.ascending(experiment.grid[getattr(figure, side)]) for side in ("x", "y"))
    width = theme.SINGLE_WIDTH if columns == 1 else theme.WIDTH
    cell = (width - 0.9 - (0.9 if len(variants) == 1 else 0.2) * columns) / columns / len(xs)
    height = max(min(max(0.26, cell * 0.62), 0.5), LOWEST / len(ys))
    drawing = mpl.figure.Figure(
        figsize=(width, 0.75 + rows * (0.45 + height * len(ys))), layout="constrained"
    )
    grid = drawing.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    found = {
        panel: data.estimates(
            metrics,
            panel[0],
            [(panel[1], {**figure.at, figure.x: x, figure.y: y}) for y in ys for x in xs],
            minus=baseline,
        )
        for panel in panels
    }
    for alike in _alike(names):
        shown = metric(alike[0])
        mine = [panel for panel in panels if panel[0] in alike]
        means = np.array([one.mean for panel in mine for one in found[panel]])
        signed = _signed(alike[0], baseline)
        norm = _norm(means[~np.isnan(means)], signed=signed)
        colours = DIVERGING if signed else SEQUENTIAL[shown.better == "lower"]
        targets = [grid.flat[panels.index(panel)] for panel in mine]
        for axes, panel in zip(targets, mine, strict=True):
            shown = metric(panel[0])
            _cells(axes, _table(found[panel], len(xs)), norm, colours, shown, cell)
            _ticks(axes, xs, ys, cell)
            title = experiment.labels[panel[1]] if len(variants) > 1 else shown.label
            axes.set_title(wrapped(title, max(14, int(54 / columns))))
        if np.isnan(means).all():
            continue
        what = shown.difference_axis if baseline else shown.axis
        if len(alike) > 1:
            what = shown.difference_axis if baseline else f"Accuracy ({shown.unit})"
        elif baseline and len(variants) > 1:
            what = f"{shown.label}: {what.lower()}"
        if len(variants) == 1:  # the title says what
            what = shown.difference_unit if baseline else shown.unit
        bar = drawing.colorbar(
            mpl.cm.ScalarMappable(norm, colours), ax=targets, aspect=18, pad=0.015
        )
        bar.set_label(wrapped(what, max(14, int(14 * height * len(ys)))), fontsize=8)
        bar.outline.set_visible(False)
    drawing.supylabel(axis_label(figure.y), fontsize=8)
    n = f"mean of {counted(experiment.seeds, 'seed')}"
    if baseline:
        n = f"minus {experiment.labels[baseline]}, seed by seed: {n}"
    drawing.supxlabel(f"{axis_label(figure.x)}\n({n})", fontsize=8)
    return drawing


def _cells(
    axes: mpl.axes.Axes,
    found: NDArray[np.object_],
    norm: mpl.colors.Normalize,
    colours: str,
    shown: Wording,
    inches: float,
) -> None:
    """Draw the cells of one panel, row by row from the bottom."""
    means = np.vectorize(lambda one: one.mean, otypes=[float])(found)
    if np.isnan(means).all():
        toolkit.say(axes, "No network has\nthis value.")
    sns.heatmap(
        means,
        mask=np.isnan(means),
        cmap=colours,
        vmin=norm.vmin,
        vmax=norm.vmax,
        annot=_texts(means, shown, inches),
        fmt="",
        annot_kws={"fontsize": theme.SMALL},
        linewidths=0.6,
        cbar=False,
        ax=axes,
    )
    axes.set_ylim(0, len(means))
    axes.set_facecolor(MISSING)
    for (row, column), one in np.ndenumerate(found):
        if one.diverged:
            look: dict[str, Any] = {"hatch": "////", "ec": (1, 1, 1, 0.55), "lw": 0, "gid": "hatch"}
            axes.add_patch(mpl.patches.Rectangle((column, row), 1, 1, fill=False, **look))
    for text in axes.texts:  # on the hatch, too
        column, row = text.get_position()
        shade = axes.collections[0].get_cmap()(norm(means[int(row), int(column)]))
        text.set_bbox({"fc": shade, "ec": "none", "pad": 0.6})
    axes.grid(visible=False)


def _ticks(axes: mpl.axes.Axes, xs: Sequence[Any], ys: Sequence[Any], inches: float) -> None:
    """Name the columns, some of them where they are narrow, and the rows."""
    texts = point_texts(xs)
    step = int(np.ceil((max(map(len, texts)) + 1) * toolkit.CHARACTER / inches))
    axes.set_xticks(np.arange(0, len(xs), step) + 0.5, texts[::step])
    axes.set_yticks(np.arange(len(ys)) + 0.5, point_texts(ys), rotation=0)
    axes.tick_params(length=0)


def _alike(names: Sequence[str]) -> list[tuple[str, ...]]:
    """Groups of metrics that share one scale of colours: the accuracies; each other one alone."""
    accuracies = tuple(name for name in names if name in ACCURACIES)
    others: list[tuple[str, ...]] = [(name,) for name in names if name not in accuracies]
    return [accuracies, *others] if accuracies else others


def _signed(name: str, baseline: str | None) -> bool:
    """Whether 0 has a meaning: of differences, and of gaps, which are differences."""
    return bool(baseline) or name.partition(MATCH)[0] in ("gap", "generalization_gap_loss")


def _table(found: Sequence[data.Estimate], columns: int) -> NDArray[np.object_]:
    """Estimates in rows."""
    table = np.empty(len(found), object)
    table[:] = found
    return table.reshape(-1, columns)


def _texts(means: NDArray[np.float64], shown: Wording, inches: float) -> Any:
    """The means as texts; rounded to whole numbers where cells are narrow, or none at all."""
    for wording in (shown, replace(shown, decimals=0)):
        texts = np.vectorize(wording.text, otypes=[object])(means)
        if inches >= toolkit.CHARACTER * (max(map(len, texts.flat)) + 0.5):
            return texts
        if not shown.decimals:
            break
    return False


def _norm(means: NDArray[np.float64], *, signed: bool) -> mpl.colors.Normalize:
    """The range of the means; about 0 for differences."""
    if signed:
        end = float(np.abs(means).max(initial=0)) or 1.0
        return mpl.colors.Normalize(-end, end)
    return mpl.colors.Normalize(*(means.min(), means.max()) if len(means) else (0, 1))


def caption(experiment: Experiment, figure: Heatmap) -> str:
    """The caption, which explains the colours and gives n."""
    what = metrics_listed(figure.metrics)
    if figure.relative_to:
        what = differences(experiment, what, figure.relative_to)
    return " ".join(
        [
            f"{what} over {_plane(figure)}: means of {seeds(experiment)}. Light cells are good; in "
            "hatched cells seeds diverged, grey cells have no value.",
            *metrics_notes(figure.metrics),
            *places_note(figure),
        ]
    )


def alt(experiment: Experiment, figure: Heatmap) -> str:
    """A description of the figure in one sentence."""
    variants = [experiment.labels[variant] for variant in figure.variants or experiment.labels]
    return (
        f"Heatmaps of {lowered(metrics_listed(figure.metrics))} over {_plane(figure)} for: "
        f"{listed(variants)}."
    )


def _plane(figure: Heatmap) -> str:
    return f"{lowered(axis_label(figure.x))} and {lowered(axis_label(figure.y))}"
