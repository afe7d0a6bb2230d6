"""Places on the grid: each axis is in `at` or `over`, or is `along`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator

from overfit.claims.best import Best, PointOrBest, split
from overfit.config.model import Clash, Items, position_of
from overfit.config.names import Grid, Point
from overfit.config.problems import did_you_mean, say, written

ALL = "all"
"""In `over`: all axes that nothing else names."""


def _one_name(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


FixedAt = dict[str, Point]
"""A point on each of some grid axes."""
At = dict[str, PointOrBest]
"""A point on each of some grid axes, or the rule by which each seed chooses one."""
Over = Annotated[
    tuple[str, ...],
    Items,
    BeforeValidator(_one_name, json_schema_input_type=str | tuple[str, ...]),
]
"""Grid axes to average over; one may be written without the list."""


class Spot(NamedTuple):
    """A variant at points on some grid axes; it is averaged over the other axes."""

    variant: str
    at: Mapping[str, Any]

    @property
    def fixed(self) -> dict[str, Any]:
        """The points that are given."""
        return split(self.at)[0]

    @property
    def best(self) -> dict[str, Best]:
        """The rules on the axes on which each seed chooses a point."""
        return split(self.at)[1]


@dataclass(frozen=True)
class Place:
    """Points on axes, axes to average over, and the axis to look along, if there is one."""

    at: Mapping[str, Any]
    over: tuple[str, ...]
    along: str | None = None


def place_mistakes(place: Place, grid: Grid) -> Iterator[Clash]:
    """Mistakes in a place: unknown axes and points, axes named twice or left out."""
    for axis, point in place.at.items():
        if axis not in grid:
            yield _no_axis(axis, grid), [("at", axis)]
        elif isinstance(point, Best) or (on_axis := grid[axis]) is None:
            continue
        elif position_of(point, on_axis) is None:
            yield _no_point(point, on_axis), [("at", axis)]
    best = split(place.at)[1]
    for axis, point in best.items():
        if point != (first := next(iter(best.values()))):
            both = f"one point is that {point}, another that {first}"
            yield f"{both}; choose both by the same metric", [("at", axis)]
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
    # With `all` nothing is left out, and a misspelt axis may be the one that seems left out.
    if named <= {*grid, None}:
        for axis, listed in grid.items():
            if axis not in named and listed is not None:
                yield _left_out(axis, listed[0]), [()]


def _no_point(point: Any, on_axis: Sequence[Any]) -> str:
    """The mistake in a point; it may look like a point of the axis but have another type."""
    for known in on_axis:
        if str(known).lower() == str(point).lower():
            kind = "text" if isinstance(point, str) else "not text"
            other = f'"{known}"' if isinstance(known, str) else f"{say(known)} without quotes"
            return f"{say(point)} is {kind}, unlike the point of the axis; write {other}"
    points = ", ".join(say(known) for known in on_axis)
    return f"{say(point)} is not on the axis: {points}"


def _no_axis(axis: str, grid: Grid) -> str:
    return f"unknown grid axis {axis!r}{did_you_mean(axis, grid) or '; the experiment has no grid'}"


def _left_out(axis: str, point: Any) -> str:
    return (
        f"leaves out {axis}, an axis of the grid; write at: {{{axis}: {written(point)}}} for one "
        f"point or over: [{axis}] to average over all of them"
    )
