"""Training accuracy over the epochs, a small panel for each point of a grid axis."""

from __future__ import annotations

from math import ceil, sqrt
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from overfit.config.experiment import Experiment
from overfit.config.names import Axis, Context
from overfit.figures.deferred import data, mpl, theme, toolkit
from overfit.figures.options import BaseFigure, Mistakes, Reads, count_points
from overfit.figures.words import counted, listed, mean_and_range, point
from overfit.metrics.axes import axis_label, lowered
from overfit.results import Results


class WeightScalePanel(BaseFigure):
    """Training accuracy over the epochs, a small panel for each point of an axis."""

    reads: ClassVar[tuple[Reads, ...]] = ("histories",)

    most_variants: ClassVar[int] = 4
    most_points: ClassVar[int] = 25

    kind: Literal["weight_scale_panel"]
    axis: Axis
    """A key of the experiment's grid, which has no other."""
    panels: Annotated[int, Field(ge=2, le=25)] = 6
    """The most panels. Of more points, as many are shown at equal distances, with both ends."""

    def mistakes(self, context: Context) -> Mistakes:
        """Other axes, too many points or variants."""
        others = [axis for axis in context.grid if axis != self.axis]
        if others and self.axis in context.grid:
            yield (
                f"weight_scale_panel needs a grid of the single axis {self.axis}; there is also "
                f"{', '.join(others)}",
                [("axis",)],
            )
        points, variants = count_points(context, [self.axis]), len(context.variants)
        if points > self.most_points or variants > self.most_variants:
            yield (
                f"weight_scale_panel can draw up to {self.most_points} points of "
                f"{self.most_variants} variants; there are {points} of {variants}",
                [("axis",)],
            )


def draw(experiment: Experiment, figure: WeightScalePanel, results: Results) -> mpl.figure.Figure:
    """Draw a panel for each point of the axis, a line for each variant."""
    axis = figure.axis
    points = _shown(experiment, figure)
    cells = [cell for cell in experiment.cells if cell.at[axis] in points]
    histories = data.histories_of(experiment, cells, results)
    columns = ceil(sqrt(len(points)))
    height = {1: 3.2, 2: 2.1, 3: 1.75, 4: 1.5, 5: 1.3}[columns]
    drawing, panels = toolkit.small_multiples(len(points), columns, height)
    looks = theme.variant_styles(experiment)
    for axes, value in zip(panels, points, strict=True):
        here = histories[histories[axis] == value]
        # The first variant last, and so on top: its dashes show where lines coincide.
        for variant in reversed(experiment.labels):
            rows = here[(here["variant"] == variant) & (here["split"] == "train")]
            toolkit.draw_line(axes, rows, "epoch", "accuracy", looks[variant])
        toolkit.percent_axis(axes, (0, 50, 100))
        axes.set_title(point(experiment, axis, value), fontweight="normal", pad=3)
        diverged = sum(data.diverged_seeds(rows) for _, rows in here.groupby("variant"))
        if diverged:
            axes.set_title(
                f"{diverged} diverged",
                loc="right",
                fontsize=theme.SMALL,
                fontweight="normal",
                color=theme.MUTED,
                pad=3,
            )
    toolkit.epoch_axis(panels, histories["epoch"].max(), ticks=3)
    toolkit.key_above(drawing, {experiment.labels[name]: look for name, look in looks.items()})
    drawing.supxlabel("Epoch", fontsize=8)
    drawing.supylabel(
        f"Training accuracy (%)\n{mean_and_range(experiment.seeds)}", fontsize=8, ma="center"
    )
    return drawing


def _shown(experiment: Experiment, figure: WeightScalePanel) -> list[Any]:
    """The points that have a panel."""
    points, most = experiment.grid[figure.axis], figure.panels
    if len(points) <= most:
        return list(points)
    return [points[round(i * (len(points) - 1) / (most - 1))] for i in range(most)]


def caption(experiment: Experiment, figure: WeightScalePanel) -> str:
    """The caption, which explains the bands and gives n."""
    axis = figure.axis
    n = counted(experiment.seeds, "seed")
    every = len(experiment.grid.get(axis, []))
    of = (
        f"each of the {every} values"
        if every <= figure.panels
        else (f"{figure.panels} of the {every} values")
    )
    return (
        f"Training accuracy over the epochs, a panel for {of} of {lowered(axis_label(axis))}. "
        f"Lines are means and bands the whole range, lowest to highest, of {n}. "
        "Diverged seeds are left out "
        "from that point on; their number is above the panel."
    )


def alt(experiment: Experiment, figure: WeightScalePanel) -> str:
    """A description of the figure in one sentence."""
    axis = figure.axis
    variants = listed([experiment.labels[variant] for variant in experiment.labels])
    count = min(figure.panels, len(experiment.grid.get(axis, [])))
    return (
        f"{counted(count, 'small line chart')} of training accuracy against the epoch, one for "
        f"each value of {axis}, each with lines for {variants}."
    )
