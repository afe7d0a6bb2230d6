"""Where on the grid a test is: each axis is named once, in `at`, in `over` or as `along`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from overfit.config.model import Clash
from overfit.config.names import Grid
from overfit.config.problems import did_you_mean

ALL = "all"


@dataclass(frozen=True)
class Place:
    """Points on axes, axes to average over, and the axis to look along, if any."""

    at: Mapping[str, Any]
    over: tuple[str, ...]
    along: str | None = None


def place_mistakes(place: Place, grid: Grid) -> Iterator[Clash]:
    """What is wrong with a place: axes and points that don't exist, axes named twice or not."""
    for axis, point in place.at.items():
        if axis not in grid:
            yield _no_axis(axis, grid), [("at", axis)]
        elif (on_axis := grid[axis]) is not None and point not in on_axis:
            points = ", ".join(str(known) for known in on_axis)
            yield f"{point} is not on the axis: {points}", [("at", axis)]
    for position, axis in enumerate(place.over):
        if axis in place.over[:position]:
            yield f"{axis} appears twice", [("over", position)]
        elif axis != ALL and axis not in grid:
            yield _no_axis(axis, grid), [("over", position)]
        elif axis in place.at:
            yield f"{axis} is also in at; name it once", [("over", position)]
        elif axis == place.along:
            yield f"{axis} is also in along; name it once", [("over", position)]
    if place.along in place.at:
        yield f"{place.along} is also in along; name it once", [("at", place.along or "")]
    named = {*place.at, *place.over, place.along}
    # No axis is forgotten if `all` is named as well, or one that is no axis: it may be meant.
    if named <= {*grid, None}:
        for axis, listed in grid.items():
            if axis not in named and listed is not None:
                yield _forgotten(axis, listed[0]), [()]


def _no_axis(axis: str, grid: Grid) -> str:
    return f"no grid axis {axis!r}{did_you_mean(axis, grid) or '; the experiment has no grid'}"


def _forgotten(axis: str, point: Any) -> str:
    return (
        f"says nothing about {axis}, which the grid varies; write at: {{{axis}: {point}}} for one "
        f"point or over: [{axis}] for the average over all"
    )
