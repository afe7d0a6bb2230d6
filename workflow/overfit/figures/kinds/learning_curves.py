"""Accuracy or loss over the epochs: one panel per variant, with a band over the seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from overfit.config.experiment import Cell, Experiment
from overfit.config.model import Items, each_once
from overfit.config.names import Context
from overfit.figures.deferred import data, mpl, pd, theme, toolkit
from overfit.figures.options import GridFigure, Mistakes, Reads, count_points
from overfit.figures.words import (
    listed,
    mean_and_range,
    places_note,
    point,
    seeds,
    titled,
    wrapped,
)
from overfit.metrics.table import metric
from overfit.results import Results

NAMES = {"train": "train", "validation": "valid.", "test": "test"}
FEW_SEEDS = 5
"""Up to this many seeds are also drawn individually."""
TITLE_LINE = 0.15
"""Inches; a line of a title."""
GAP_HEIGHT = 1.9
"""Inches; the panel of gaps."""
HEADROOM = 1.5
"""The largest loss that is shown, as a multiple of the largest before the first update."""
SPLITS = {"train": "training", "validation": "validation", "test": "test"}


Split = Literal["train", "validation", "test"]


class LearningCurves(GridFigure):
    """Accuracy or loss over the epochs: one panel per variant, with a band over the seeds.

    Each point of a grid has a separate panel.
    """

    reads: ClassVar[tuple[Reads, ...]] = ("histories",)
    most_variants: ClassVar[int] = 16

    kind: Literal["learning_curves"]
    quantity: Literal["accuracy", "loss"] = "accuracy"
    """The quantity to show."""
    splits: Annotated[tuple[Split, ...], Items, Field(min_length=1), AfterValidator(each_once)] = (
        "train",
        "test",
    )
    """The images for which to show it; by default training and test images."""
    gap: bool = False
    """Whether a final panel shows the gap, training minus test accuracy, of all variants."""

    def mistakes(self, context: Context) -> Mistakes:
        """A gap without its two sides."""
        yield from super().mistakes(context)
        if self.gap and self.quantity != "accuracy":
            yield ("the gap is a difference of accuracies, not of losses", [("gap",)])

    def left_over(self, axes: Sequence[str], context: Context) -> Mistakes:
        """Too many panels; each point that is left has one."""
        cells = len(self.shown(context)) * count_points(context, axes)
        if axes and cells > self.most_variants:
            yield (
                f"{len(self.shown(context))} variants at {count_points(context, axes)} points are "
                f"{cells} panels, more than {self.most_variants}; pick some with at: "
                f"{{{axes[0]}: POINT}} or with variants",
                [()],
            )
        if axes and self.gap and count_points(context, axes) > 1:
            yield ("the gap is drawn at one point of the grid; name it in at", [("gap",)])


def draw(experiment: Experiment, figure: LearningCurves, results: Results) -> mpl.figure.Figure:
    """Draw a panel for each cell of the experiment that the figure shows."""
    cells = data.cells_of(experiment, figure)
    histories = data.histories_of(experiment, cells, results)
    rows = [data.rows_of(histories, cell) for cell in cells]
    columns = _columns(len(cells))
    width = {3: 26, 4: 21}.get(columns, 44)
    titles = [
        wrapped(_title(experiment, figure, *pair), width) for pair in zip(cells, rows, strict=True)
    ]
    height = (2.1 if columns < 3 else 1.9 if columns == 3 else 1.5) + TITLE_LINE * max(
        title.count("\n") for title in titles
    )
    gap = figure.gap
    drawing, panels = toolkit.small_multiples(
        len(cells), columns, height, below=GAP_HEIGHT if gap else 0.0
    )
    if figure.quantity == "loss":
        _loss_axis(panels[0], histories, figure.splits)
    for axes, shown, title in zip(panels, rows, titles, strict=False):
        _panel(axes, shown, figure, columns < 4 and 1 < experiment.seeds <= FEW_SEEDS)
        axes.set_title(title)
    toolkit.epoch_axis(panels, histories["epoch"].max(), ticks=5 if columns < 4 else 3)
    if gap:
        _gap_panel(experiment, panels[-1], cells, rows)
    drawing.supxlabel("Epoch", fontsize=8)
    what = "Loss (nats)" if figure.quantity == "loss" else "Accuracy (%)"
    said = drawing.supylabel(f"{what}\n{mean_and_range(experiment.seeds)}", fontsize=8, ma="center")
    if gap:  # beside the panels that it is about
        said.set_y(0.5 + GAP_HEIGHT / 2 / drawing.get_figheight())
    toolkit.spread_labels(drawing)
    return drawing


def _columns(count: int) -> int:
    if count <= 3:
        return count
    return 2 if count == 4 else 3 if count <= 9 else 4


def _title(
    experiment: Experiment, figure: LearningCurves, cell: Cell, histories: pd.DataFrame
) -> str:
    """The variant and the point; of a single variant the points alone, which differ."""
    at = [(axis, value) for axis, value in cell.at.items() if axis not in figure.at]
    name = data.noted(experiment, cell, histories)
    if at and _single(experiment, figure):
        texts = [titled(experiment, *at[0]), *(point(experiment, *place) for place in at[1:])]
        return ", ".join(texts) + name.removeprefix(experiment.labels[cell.variant])
    return ", ".join([name, *(point(experiment, *place) for place in at)])


def _single(experiment: Experiment, figure: LearningCurves) -> bool:
    """Whether the panels are one variant at several points."""
    return len(figure.variants or experiment.labels) == 1 and len(experiment.grid) > len(figure.at)


def _panel(
    axes: mpl.axes.Axes, histories: pd.DataFrame, figure: LearningCurves, seeds_shown: bool
) -> None:

    quantity, ends = figure.quantity, {}
    for split in figure.splits:
        rows, style = histories[histories["split"] == split], theme.SPLITS[split]
        if seeds_shown:
            toolkit.draw_each_seed(axes, rows, "epoch", quantity, style)
        ends[split] = toolkit.draw_line(axes, rows, "epoch", quantity, style, gid=split)
    if quantity == "accuracy":
        toolkit.percent_axis(axes)
    last = histories["epoch"].max()
    if any(last not in means.index for means in ends.values()):
        _names(axes, ends)
    elif quantity == "accuracy" and set(figure.splits) == {"train", "test"}:
        _end_labels(axes, ends["train"].iloc[-1], ends["test"].iloc[-1])
    else:
        wording = metric(f"train_{quantity}")
        for split, means in ends.items():
            text = f"{NAMES[split]} {wording.text(means.iloc[-1])}"
            toolkit.label_end(axes, means.iloc[-1], text, theme.SPLITS[split].colour)


def _loss_axis(axes: mpl.axes.Axes, histories: pd.DataFrame, splits: Sequence[str]) -> None:
    """From 0 to the largest mean; a loss that explodes is cut off."""
    shown = histories[histories["split"].isin(splits)]
    keys = ["run", "split", "update"]
    means = shown.groupby(keys)["loss"].mean()
    first = means[means.index.get_level_values("update") == 0].max()
    highest = min(means.max(), HEADROOM * first)
    axes.set_ylim(0, 1.05 * highest if highest > 0 else 1)


def _gap_panel(
    experiment: Experiment, axes: mpl.axes.Axes, cells: list[Cell], rows: list[pd.DataFrame]
) -> None:
    """The gap of each variant over the epochs."""
    styles = theme.variant_styles(experiment)
    for cell, histories in zip(cells, rows, strict=True):
        style = styles[cell.variant]
        each = histories.pivot(index=["seed", "epoch"], columns="split", values="accuracy")
        gap = (each["train"] - each["test"]).rename("gap").reset_index()
        means = toolkit.draw_line(axes, gap, "epoch", "gap", style, gid="gap", alpha=0.12)
        if len(means):
            name = wrapped(experiment.labels[cell.variant], 20)
            toolkit.label_end(axes, means.iloc[-1], name, style.colour)
    axes.axhline(0, color=theme.MUTED, lw=0.8, zorder=1)
    axes.set_title("Gap")
    axes.set_ylabel("Points")


def _end_labels(axes: mpl.axes.Axes, train: float, test: float) -> None:
    """At the right of a panel: a bracket over the gap, and the three numbers."""
    right, shown = axes.get_yaxis_transform(), metric("gap")
    beside = mpl.transforms.offset_copy(right, axes.get_figure(root=True), x=5, units="points")
    axes.plot([1, 1], [test, train], color=theme.MUTED, lw=1, transform=beside, clip_on=False)
    ends = [
        (train, f"train {shown.text(train)}", theme.SPLITS["train"].colour),
        ((train + test) / 2, f"gap {shown.text(train - test)}", theme.MUTED),
        (test, f"test {shown.text(test)}", theme.SPLITS["test"].colour),
    ]
    for height, text, colour in sorted(ends, key=lambda label: -label[0]):
        toolkit.label_end(axes, height, text, colour, points=9)


def _names(axes: mpl.axes.Axes, ends: Mapping[Split, pd.Series[float]]) -> None:
    """The names of lines that break off, at their last points; some have none."""
    for split, means in ends.items():
        if len(means):
            end = (means.index[-1], means.iloc[-1])
            look: dict[str, Any] = {"color": theme.SPLITS[split].colour, "fontsize": theme.SMALL}
            axes.annotate(split, end, (4, 0), textcoords="offset points", va="center", **look)


def caption(experiment: Experiment, figure: LearningCurves) -> str:
    """The caption, which explains the bands and gives n."""
    splits = listed([SPLITS[split] for split in figure.splits])
    [name, *_] = figure.variants or experiment.labels
    of = f" of {experiment.labels[name]}" if _single(experiment, figure) else ""
    return " ".join(
        [
            f"{figure.quantity.capitalize()} on {splits} images over the epochs{of}: "
            f"{mean_and_range(experiment.seeds)}.",
            *(["The last panel is the gap of each variant."] if figure.gap else []),
            *places_note(figure),
        ]
    )


def alt(experiment: Experiment, figure: LearningCurves) -> str:
    """A description of the figure in one sentence."""
    variants = listed([experiment.labels[v] for v in figure.variants or experiment.labels])
    splits = listed([SPLITS[split] for split in figure.splits])
    return (
        f"Line charts of {splits} {figure.quantity} against the epoch, a panel for each of: "
        f"{variants}. {seeds(experiment)}."
    )
