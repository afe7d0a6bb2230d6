"""Direct labels: names at the ends of lines and at points, moved apart where they would overlap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from overfit.figures.theme import SMALL

END = "end label"
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


def label_end(axes: Axes, height: float, text: str, colour: str, *, points: float = 5) -> None:
    """Write the name of a line at the right of its panel; `spread_labels` moves names apart.

    The name of a line that ends outside of the panel is at the panel's edge, so a scale and
    limits that are set by hand must be set before.
    """
    inside, coordinates = height, axes.get_yaxis_transform()
    if axes.get_yscale() == "log" and height <= 0:
        inside, coordinates = 0, axes.transAxes
    elif not axes.get_autoscaley_on():
        low, high = sorted(axes.get_ylim())
        inside = min(max(height, low), high)
    axes.annotate(
        text,
        (1, inside),
        (points, 0),
        xycoords=coordinates,
        textcoords="offset points",
        color=colour,
        fontsize=SMALL,
        va="center",
        linespacing=1.05,
        gid=END,
    )


def label_point(
    axes: Axes, x: float, y: float, text: str, colour: str, *, needed: bool = False
) -> None:
    """Write the name of a point beside it; `place_labels` finds a free place for it.

    A name that is needed may be farther away, at the end of a stroke.
    """
    axes.annotate(
        text,
        (x, y),
        OFFSETS[0],
        textcoords="offset points",
        color=colour,
        fontsize=SMALL,
        ha="center",
        va="center",
        gid=NEEDED if needed else POINT,
    )


def spread_labels(figure: Figure) -> None:
    """Move the names at the ends of lines apart, each as little as possible."""
    named = {axes: names for axes in figure.axes if (names := _annotations(axes, END))}
    if not named:
        return
    _lay_out(figure)
    per_point = figure.dpi / 72
    for axes, names in named.items():
        boxes = [name.get_window_extent() for name in names]
        heights = [box.height + 0.5 for box in boxes]
        wanted = [(box.y0 + box.y1) / 2 for box in boxes]
        frame = axes.get_window_extent()
        found = spread(wanted, heights, frame.y0 - 4, frame.y1 + 4)
        for name, before, after in zip(names, wanted, found, strict=True):
            name.set_position((name.xyann[0], (after - before) / per_point))


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Middles of boxes on a line, without overlap and as near as possible to where they belong.

    Minimizes the sum of squared moves at the given order: boxes that touch move as one block, to
    the mean of what its members want (pool adjacent violators). Blocks are kept between `low` and
    `high` where there is room.
    """
    order = np.argsort(wanted, kind="stable")
    blocks: list[tuple[float, list[int]]] = []  # the middle, and the members from below
    for i in order:
        blocks.append((_kept(wanted[i], heights[i], low, high), [int(i)]))
        while len(blocks) > 1 and _touch(blocks[-2], blocks[-1], heights):
            (_, below), (_, above) = blocks[-2:]
            members = below + above
            size = sum(heights[m] for m in members)
            start = np.cumsum([0.0, *(heights[m] for m in members)])
            middles = [s + heights[m] / 2 - size / 2 for m, s in zip(members, start, strict=False)]
            middle = float(np.mean([wanted[m] - s for m, s in zip(members, middles, strict=True)]))
            blocks[-2:] = [(_kept(middle, size, low, high), members)]
    found = [0.0] * len(wanted)
    for middle, members in blocks:
        bottom = middle - sum(heights[m] for m in members) / 2
        for m in members:
            found[m] = bottom + heights[m] / 2
            bottom += heights[m]
    return found


def place_labels(figure: Figure) -> None:
    """Put each name of a point where it covers nothing; drop names without such a place."""
    _lay_out(figure)
    per_point = figure.dpi / 72
    for axes in figure.axes:
        frame = axes.get_window_extent()
        lines = [
            line.get_path().interpolated(40).transformed(line.get_transform()).vertices
            for line in axes.lines
        ]
        ink = np.concatenate([np.empty((0, 2)), *map(np.asarray, lines)])
        names = _annotations(axes, POINT) + _annotations(axes, NEEDED)
        anchors = axes.transData.transform([(0.0, 0.0), *(name.xy for name in names)])[1:]
        taken: list[Bbox] = []
        for name, anchor in zip(names, anchors, strict=True):
            box = name.get_window_extent()
            needed = name.get_gid() == NEEDED
            for offset in OFFSETS + (FAR if needed else ()):
                side = np.sign(np.round(offset, 9)) * (box.width / 2, box.height / 2)
                middle = anchor + per_point * np.asarray(offset) + side * (0.9, 0.6)
                place = Bbox.from_bounds(
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


def _gap(place: Bbox, anchor: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """The distance of a point from a box, in pixels."""
    x, y = anchor
    return float(np.hypot(max(place.x0 - x, 0, x - place.x1), max(place.y0 - y, 0, y - place.y1)))


def _stroke(
    axes: Axes, name: Annotation, anchor: np.ndarray[Any, np.dtype[np.float64]], place: Bbox
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


def _lay_out(figure: Figure) -> None:
    """Lay out the axes without drawing their contents."""
    engine = figure.get_layout_engine()
    if engine is not None:
        engine.execute(figure)


def _annotations(axes: Axes, gid: str) -> list[Annotation]:
    return [text for text in axes.texts if isinstance(text, Annotation) and text.get_gid() == gid]


def _kept(middle: float, size: float, low: float, high: float) -> float:
    return max(min(middle, high - size / 2), low + size / 2)


def _touch(
    below: tuple[float, list[int]], above: tuple[float, list[int]], heights: Sequence[float]
) -> bool:
    room = sum(heights[m] for _, members in (below, above) for m in members) / 2
    return above[0] - below[0] < room - 1e-9
