"""A metric against another: a path along a grid axis for each variant, or a point for each."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np

from overfit.config.experiment import Experiment
from overfit.config.names import Axis, Context, Metric
from overfit.figures.deferred import data, mpl, sns, theme, toolkit
from overfit.figures.options import AveragingFigure, Mistakes, Reads
from overfit.figures.words import (
    counted,
    listed,
    metrics_notes,
    places_note,
    point_texts,
    seeds,
)
from overfit.metrics.axes import axis_label, lowered
from overfit.metrics.table import metric
from overfit.results import Results

HEIGHT = 3.9


POINT, NEEDED = "point label", "needed point label"
OFFSETS = tuple(
    (distance * x, distance * y)
    for distance in (1.0, 1.7, 2.6)
    for x, y in ((5, 5), (5, -5), (-5, 5), (-5, -5), (0, 6.5), (0, -6.5), (6.5, 0), (-6.5, 0))
)
"""Points; the allowed positions of a point's label, best first."""
FAR = tuple(
    (distance * x, distance * y)
    for distance in (20, 30, 45, 60, 80, 110)
    for x, y in (
        (-1, 0),
        (-0.8, 0.6),
        (-0.8, -0.6),
        (1, 0),
        (0.8, 0.6),
        (0.8, -0.6),
        (0, 1),
        (0, -1),
    )
)
"""Points; the allowed positions of a point's label at the end of a stroke."""


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
        points = data.ascending(experiment.grid[axis])
    drawing = mpl.figure.Figure(figsize=(theme.SINGLE_WIDTH, HEIGHT), layout="constrained")
    axes = drawing.subplots()
    styles = theme.variant_styles(experiment)
    for variant in reversed(variants):
        places = [(variant, {**figure.at, **({axis: p} if axis else {})}) for p in points]
        x, y = (data.estimates(metrics, getattr(figure, side), places) for side in ("x", "y"))
        _path(axes, x, y, styles[variant])
        names = point_texts(points) if axis else [experiment.labels[variant]]
        for name, right, up in zip(names, x, y, strict=True):
            if len(right.seeds) and len(up.seeds):
                _label(axes, right.mean, up.mean, name, styles[variant].colour, needed=not axis)
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
    _place_labels(drawing)
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


def _label(
    axes: mpl.axes.Axes, x: float, y: float, text: str, colour: str, *, needed: bool = False
) -> None:
    """Write the name of a point beside it; `_place_labels` finds a free place for it.

    A name that is needed may be farther away, at the end of a stroke.
    """
    axes.annotate(
        text,
        (x, y),
        OFFSETS[0],
        textcoords="offset points",
        color=colour,
        fontsize=theme.SMALL,
        ha="center",
        va="center",
        gid=NEEDED if needed else POINT,
    )


def _place_labels(figure: mpl.figure.Figure) -> None:
    """Put each name of a point where it covers nothing; drop names without such a place."""
    toolkit.lay_out(figure)
    per_point = figure.dpi / 72
    for axes in figure.axes:
        frame = axes.get_window_extent()
        lines = [
            line.get_path().interpolated(40).transformed(line.get_transform()).vertices
            for line in axes.lines
        ]
        ink = np.concatenate([np.empty((0, 2)), *map(np.asarray, lines)])
        names = toolkit.texts_of(axes, POINT) + toolkit.texts_of(axes, NEEDED)
        anchors = axes.transData.transform([(0.0, 0.0), *(name.xy for name in names)])[1:]
        taken: list[mpl.transforms.Bbox] = []
        for name, anchor in zip(names, anchors, strict=True):
            box = name.get_window_extent()
            needed = name.get_gid() == NEEDED
            for offset in OFFSETS + (FAR if needed else ()):
                side = np.sign(np.round(offset, 9)) * (box.width / 2, box.height / 2)
                middle = anchor + per_point * np.asarray(offset) + side * (0.9, 0.6)
                place = mpl.transforms.Bbox.from_bounds(
                    middle[0] - box.width / 2, middle[1] - box.height / 2, box.width, box.height
                ).padded(1.5)
                free = not any(place.overlaps(other) for other in taken)
                inside = frame.x0 <= place.x0 and place.x1 <= frame.x1
                inside = inside and frame.y0 <= place.y0 and place.y1 <= frame.y1
                far = offset in FAR
                own = far or _gap(place, anchor) <= min(_gap(place, a) for a in anchors) + 1e-9
                if free and inside and own and not place.count_contains(ink):
                    name.set_position(tuple((middle - anchor) / per_point))
                    taken.append(place)
                    if far:
                        _stroke(axes, name, anchor, place)
                    break
            else:
                name.remove()


def _gap(place: mpl.transforms.Bbox, anchor: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """The distance of a point from a box, in pixels."""
    x, y = anchor
    return float(np.hypot(max(place.x0 - x, 0, x - place.x1), max(place.y0 - y, 0, y - place.y1)))


def _stroke(
    axes: mpl.axes.Axes,
    name: mpl.text.Annotation,
    anchor: np.ndarray[Any, np.dtype[np.float64]],
    place: mpl.transforms.Bbox,
) -> None:
    """A thin line from a name to its point."""
    x = min(max(anchor[0], place.x0), place.x1)
    y = min(max(anchor[1], place.y0), place.y1)
    axes.annotate(
        "",
        name.xy,
        tuple(axes.transData.inverted().transform((x, y))),
        arrowprops={"arrowstyle": "-", "lw": 0.5, "color": name.get_color(), "shrinkB": 3},
    )


def caption(experiment: Experiment, figure: TradeOff) -> str:
    """The caption, which explains the bars and gives n."""
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
