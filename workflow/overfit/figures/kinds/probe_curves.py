"""The measurements of a probe over training: one line per layer, one panel per variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from overfit.config.experiment import Experiment
from overfit.config.names import Axis, Context
from overfit.data.checked import DataError
from overfit.figures.deferred import data, mpl, pd, theme, toolkit
from overfit.figures.options import GridFigure, Layers, Mistakes, Reads, count_points
from overfit.figures.words import (
    listed,
    mean_and_range,
    places_note,
    point,
    wrapped,
)
from overfit.metrics.axes import axis_label, lowered
from overfit.metrics.table import probed, quantities
from overfit.results import Results

NOTES = {
    "effective_lr": "The effective learning rate is the learning rate over the sum of the squared "
    "weights of the layer.",
    "gradient_norm": "The gradient is that of a fixed batch.",
}


PROBE_OF: dict[str, str] = {
    name: probe
    for probe, own in quantities().items()
    for name, quantity in own.items()
    if quantity.layers
}
"""The probe that records a quantity."""
if TYPE_CHECKING:
    ProbeQuantity = str
else:
    ProbeQuantity = Literal[tuple(PROBE_OF)]


class ProbeCurves(GridFigure):
    """The measurements of a probe over training: one line per layer, one panel per variant."""

    reads: ClassVar[tuple[Reads, ...]] = ("histories", "probes")
    most_variants: ClassVar[int] = 12
    axis_options: ClassVar[tuple[str, ...]] = ("panels",)

    kind: Literal["probe_curves"]
    quantity: ProbeQuantity
    """The quantity to show."""
    layers: Layers = ()
    """The layers to show, counted from 1; all by default."""
    panels: Axis | None = None
    """A grid axis with a row of panels for each of its points."""
    scale: Literal["auto", "linear", "log"] = "auto"
    """The scale of the values; `auto` is logarithmic if they span more than a factor of 30, but for
    shares and where some are negative."""

    def mistakes(self, context: Context) -> Mistakes:
        """A quantity that is not recorded, too many panels."""
        yield from super().mistakes(context)
        probe = PROBE_OF[self.quantity]
        if context.probes is not None and probe not in context.probes:
            message = f"a probe records {self.quantity}; add probes: [{probe}]"
            yield (message, [("quantity",)])
        rows = count_points(context, [self.panels] if self.panels else [])
        if rows * len(self.shown(context)) > 24:
            yield (
                f"{len(self.shown(context))} variants at {rows} points are "
                f"{rows * len(self.shown(context))} panels, more than 24",
                [("panels",)],
            )


def draw(experiment: Experiment, figure: ProbeCurves, results: Results) -> mpl.figure.Figure:
    """Draw a panel for each variant and point of the panels' axis.

    Raises:
        DataError: the figure names a layer that the networks don't have.
    """
    cells = data.cells_of(experiment, figure)
    if axis := figure.panels:  # a row of panels for each point
        cells.sort(key=lambda cell: experiment.grid[axis].index(cell.at[axis]))
    table = data.probes_of(experiment, cells, results, [figure.quantity])
    histories, shown = data.histories_of(experiment, cells, results), probed(figure.quantity)
    table["epoch"] = table["update"].map(data.epochs_of(histories))
    table["value"] *= shown.factor
    layers = _layers(experiment, table, figure.layers)
    columns = _columns(experiment, figure, len(cells))
    height = {1: 2.6, 2: 2.0, 3: 1.7}.get(columns, 1.5)
    drawing, panels = toolkit.small_multiples(len(cells), columns, height + 0.15)
    values = table[table["layer"].isin(layers)]["value"]
    scale = "linear" if figure.scale == "auto" and shown.unit == "%" else figure.scale
    styles = dict(zip(layers, theme.ordered_styles(len(layers)), strict=True))
    ends = [
        _panel(axes, data.rows_of(table, cell), styles)
        for axes, cell in zip(panels, cells, strict=True)
    ]
    _value_axis(panels[0], values, scale)
    for axes, cell, heights in zip(panels, cells, ends, strict=True):
        for layer, height in heights.items():
            toolkit.label_end(axes, height, f"layer {layer}", styles[layer].colour)
        words = [data.noted(experiment, cell, histories)]
        if figure.panels:
            words.append(point(experiment, figure.panels, cell.at[figure.panels]))
        axes.set_title(wrapped(", ".join(words), {1: 44, 2: 40, 3: 26}.get(columns, 20)))
    toolkit.epoch_axis(panels, histories["epoch"].max(), ticks=4)
    drawing.supxlabel("Epoch", fontsize=8)
    what = wrapped(shown.axis, 36)
    drawing.supylabel(f"{what}\n{mean_and_range(experiment.seeds)}", fontsize=8, ma="center")
    toolkit.spread_labels(drawing)
    return drawing


def _layers(experiment: Experiment, table: pd.DataFrame, wanted: Sequence[int]) -> Sequence[int]:
    there = sorted(int(layer) for layer in table["layer"].unique() if layer > 0)
    if missing := set(wanted) - set(there):
        known = f"there are {', '.join(map(str, there))}" if there else "there is none"
        raise DataError(
            f"{experiment.name}: there is no layer {min(missing)} with this quantity; {known}"
        )
    return wanted or there


def _columns(experiment: Experiment, figure: ProbeCurves, count: int) -> int:
    if figure.panels and count > len(experiment.grid[figure.panels]):
        return count // len(experiment.grid[figure.panels])
    return count if count <= 3 else 2 if count == 4 else 3


def _panel(
    axes: mpl.axes.Axes, rows: pd.DataFrame, styles: Mapping[int, theme.Style]
) -> dict[int, float]:
    """Draw a line for each layer, on a linear scale; return where the lines end."""
    ends = {}
    for layer, style in styles.items():
        here = rows[rows["layer"] == layer]
        means = toolkit.draw_line(axes, here, "epoch", "value", style, gid=f"layer {layer}")
        if len(means):
            ends[layer] = float(means.iloc[-1])
    return ends


def _value_axis(axes: mpl.axes.Axes, values: pd.Series[float], scale: str) -> None:

    positive = values[values > 0]
    spread = len(positive) and positive.max() / positive.min() > toolkit.LOGARITHMIC
    suited = scale == "auto" and spread and not (values < 0).any()
    if suited or (scale == "log" and len(positive)):
        toolkit.log_values(axes.yaxis)
    else:
        toolkit.value_ticks(axes.yaxis)


def caption(experiment: Experiment, figure: ProbeCurves) -> str:
    """The caption, which explains the bands and gives n."""
    across = f"{probed(figure.quantity).label} over the epochs, a line for each layer"
    if figure.panels:
        across += f", a row of panels for each value of {lowered(axis_label(figure.panels))}"
    return " ".join(
        [
            f"{across}: {mean_and_range(experiment.seeds)}.",
            *([NOTES[figure.quantity]] if figure.quantity in NOTES else []),
            *places_note(figure),
        ]
    )


def alt(experiment: Experiment, figure: ProbeCurves) -> str:
    """A description of the figure in one sentence."""
    variants = [experiment.labels[variant] for variant in figure.variants or experiment.labels]
    return (
        f"Line charts of the {lowered(probed(figure.quantity).label)} of each layer against "
        f"the epoch for: {listed(variants)}."
    )
