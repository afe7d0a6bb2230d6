"""A metric over two grid axes: a coloured cell for each pair of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from overfit.config.model import Items
from overfit.config.names import Axis, Context, Metric, VariantName
from overfit.figures.options import AveragingFigure, Mistakes, Reads, count_points, no_item_twice
from overfit.figures.words import (
    axis_label,
    counted,
    differences,
    listed,
    lowered,
    metrics_listed,
    metrics_notes,
    places_note,
    seeds,
    value_text,
    wrapped,
)
from overfit.metrics.table import Metric as Wording
from overfit.metrics.table import metric

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from overfit.config.experiment import Experiment
    from overfit.figures.data import Estimate
    from overfit.results import Results

SEQUENTIAL, DIVERGING = "viridis", "PuOr_r"
MISSING = "#dddddd"
LOWEST = 1.3
"""Inches; the height of a panel, at least."""


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
            if count_points(context, [axis]) > 24:
                yield (f"{axis} has more than 24 points", [(option,)])
        if self.relative_to and not set(self.shown(context)) - {self.relative_to}:
            yield ("there is no other variant to compare with it", [("relative_to",)])


def draw(experiment: Experiment, figure: Heatmap, results: Results) -> Figure:
    """Draw a row of panels for each metric and a column for each variant.

    Several metrics of a single variant share a row.
    """
    from matplotlib.figure import Figure

    from overfit.figures.data import estimates, metrics_of, variants_of
    from overfit.figures.theme import SINGLE_WIDTH, WIDTH

    metrics = metrics_of(experiment, results)
    baseline = figure.relative_to
    variants = [variant for variant in variants_of(experiment, figure) if variant != baseline]
    names = figure.metrics
    panels = [(name, variant) for name in names for variant in variants]
    columns = len(variants) if len(variants) > 1 else len(names)
    rows = len(panels) // columns
    xs, ys = (_ascending(experiment.grid[getattr(figure, side)]) for side in ("x", "y"))
    width = SINGLE_WIDTH if columns == 1 else WIDTH
    cell = (width - 0.9 - (0.9 if len(variants) == 1 else 0.2) * columns) / columns / len(xs)
    height = max(min(max(0.26, cell * 0.62), 0.5), LOWEST / len(ys))
    drawing = Figure(figsize=(width, 0.75 + rows * (0.45 + height * len(ys))), layout="constrained")
    grid = drawing.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    found = {
        panel: estimates(
            metrics,
            panel[0],
            [(panel[1], {**figure.at, figure.x: x, figure.y: y}) for y in ys for x in xs],
            minus=baseline,
        )
        for panel in panels
    }
    for name in names:
        shown = metric(name)
        mine = [panel for panel in panels if panel[0] == name]
        norm = _norm([e for panel in mine for e in found[panel]], signed=bool(baseline))
        targets = [grid.flat[panels.index(panel)] for panel in mine]
        for axes, panel in zip(targets, mine, strict=True):
            cells = _Cells(found[panel], norm, DIVERGING if baseline else SEQUENTIAL, shown)
            mesh = cells.draw(axes, len(xs), len(ys), cell=cell)
            _axes(axes, xs, ys, cell)
            title = experiment.labels[panel[1]] if len(variants) > 1 else shown.label
            axes.set_title(wrapped(title, max(14, int(54 / columns))))
        what = shown.difference_axis if baseline else shown.axis
        if baseline and len(variants) > 1:
            what = f"{shown.label}: {what.lower()}"
        if len(variants) == 1:  # the title says what
            what = shown.difference_unit if baseline else shown.unit
        bar = drawing.colorbar(mesh, ax=targets, aspect=18, pad=0.015)
        bar.set_label(wrapped(what, max(14, int(14 * height * len(ys)))), fontsize=8)
        bar.outline.set_visible(False)
    drawing.supylabel(axis_label(figure.y), fontsize=8)
    n = f"mean of {counted(experiment.seeds, 'seed')}"
    if baseline:
        n = f"minus {experiment.labels[baseline]}, seed by seed: {n}"
    drawing.supxlabel(f"{axis_label(figure.x)}\n({n})", fontsize=8)
    return drawing


class _Cells:
    """The cells of one panel, row by row from the bottom."""

    def __init__(
        self, found: Sequence[Estimate], norm: Normalize, colours: str, shown: Wording
    ) -> None:
        from matplotlib import colormaps

        self.found, self.norm, self.shown = found, norm, shown
        self.colours = colormaps[colours].with_extremes(bad=MISSING)

    def draw(self, axes: Axes, columns: int, rows: int, *, cell: float) -> Any:
        import numpy as np

        means = np.reshape([estimate.mean for estimate in self.found], (rows, columns))
        mesh = axes.pcolormesh(
            np.ma.masked_invalid(means),
            cmap=self.colours,
            norm=self.norm,
            edgecolors="white",
            linewidth=0.6,
        )
        axes.set_facecolor(MISSING)
        texts = self._texts(cell)
        for i, estimate in enumerate(self.found):
            row, column = divmod(i, columns)
            if estimate.diverged:
                self._hatch(axes, column, row)
            if texts and len(estimate.seeds):
                self._write(axes, column, row, estimate.mean, texts[i])
        axes.grid(visible=False)
        return mesh

    def _texts(self, cell: float) -> list[str]:
        """The means as texts; rounded to whole numbers where cells are narrow, or none at all."""
        from overfit.figures.toolkit import CHARACTER

        for shown in (self.shown, replace(self.shown, decimals=0)):
            texts = [shown.text(estimate.mean) for estimate in self.found]
            if cell >= CHARACTER * (max(map(len, texts)) + 0.5):
                return texts
            if not self.shown.decimals:
                break
        return []

    def _hatch(self, axes: Axes, column: int, row: int) -> None:
        from matplotlib.patches import Rectangle

        axes.add_patch(
            Rectangle(
                (column, row), 1, 1, fill=False, hatch="////", ec=(1, 1, 1, 0.55), lw=0, gid="hatch"
            )
        )

    def _write(self, axes: Axes, column: int, row: int, mean: float, text: str) -> None:
        from overfit.figures.theme import INK, SMALL

        red, green, blue, _ = self.colours(self.norm(mean))
        light = 0.299 * red + 0.587 * green + 0.114 * blue > 0.5
        axes.text(
            column + 0.5,
            row + 0.5,
            text,
            ha="center",
            va="center",
            fontsize=SMALL,
            color=INK if light else "white",
            bbox={"fc": (red, green, blue), "ec": "none", "pad": 0.6},
        )


def _norm(found: Sequence[Estimate], *, signed: bool) -> Normalize:
    """The range of the means; about 0 for differences."""
    import numpy as np
    from matplotlib.colors import Normalize

    means: NDArray[np.float64] = np.asarray([estimate.mean for estimate in found])
    means = means[~np.isnan(means)]
    if not len(means):
        return Normalize(0, 1)
    if signed:
        end = float(np.abs(means).max()) or 1.0
        return Normalize(-end, end)
    return Normalize(float(means.min()), float(means.max()))


def _ascending(points: Sequence[Any]) -> list[Any]:
    """Numbers from low to high; names as they are in the file."""
    numbers = all(isinstance(p, int | float) and not isinstance(p, bool) for p in points)
    return sorted(points) if numbers else list(points)


def _axes(axes: Axes, xs: Sequence[Any], ys: Sequence[Any], cell: float) -> None:
    import numpy as np

    from overfit.figures.toolkit import CHARACTER

    texts = [value_text(x) for x in xs]
    step = int(np.ceil((max(map(len, texts)) + 1) * CHARACTER / cell))
    axes.set_xticks([i + 0.5 for i in range(0, len(xs), step)], texts[::step])
    axes.set_yticks([i + 0.5 for i in range(len(ys))], [value_text(y) for y in ys])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def caption(experiment: Experiment, figure: Heatmap) -> str:
    """What is shown, what the colours mean, n."""
    what = metrics_listed(figure.metrics)
    if figure.relative_to:
        what = differences(experiment, what, figure.relative_to)
    return " ".join(
        [
            f"{what} over {_plane(figure)}: each cell is the mean of {seeds(experiment)}. In "
            "hatched cells, seeds diverged.",
            *metrics_notes(figure.metrics),
            *places_note(figure),
        ]
    )


def alt(experiment: Experiment, figure: Heatmap) -> str:
    """The picture in a sentence."""
    variants = [experiment.labels[variant] for variant in figure.variants or experiment.labels]
    return (
        f"Heatmaps of {lowered(metrics_listed(figure.metrics))} over {_plane(figure)} for: "
        f"{listed(variants)}."
    )


def _plane(figure: Heatmap) -> str:
    return f"{lowered(axis_label(figure.x))} and {lowered(axis_label(figure.y))}"
