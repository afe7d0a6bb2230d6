"""Search spaces: which keys are searched where, and the points of a grid over them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from overfit.config.dimensions import AnyDimension, Choice, Range, position_of
from overfit.config.problems import Path, did_you_mean, say

Space = dict[str, AnyDimension]


def parents_first(space: Mapping[str, AnyDimension]) -> list[str]:
    """The keys, sorted, but each after those that its `when` names."""
    ordered: list[str] = []

    def visit(key: str) -> None:
        if key not in ordered:
            for parent in sorted(space[key].when or ()):
                visit(parent)
            ordered.append(key)

    for key in sorted(space):
        visit(key)
    return ordered


def is_active(dimension: AnyDimension, values: Mapping[str, Any]) -> bool:
    """Whether a key is searched, given the values of the keys before it."""
    return all(
        parent in values and position_of(values[parent], wanted) is not None
        for parent, wanted in wanted_values(dimension).items()
    )


def wanted_values(dimension: AnyDimension) -> dict[str, list[Any]]:
    """The condition of a dimension: for each key all values at which it holds."""
    return {
        parent: wanted if isinstance(wanted, list) else [wanted]
        for parent, wanted in (dimension.when or {}).items()
    }


def space_clashes(space: Mapping[str, AnyDimension]) -> Iterator[tuple[str, list[Path]]]:
    """What is wrong with the conditions of a space: sentences, with the paths below the space."""
    for key, dimension in space.items():
        for parent, wanted in wanted_values(dimension).items():
            at: Path = (key, "when", parent)
            if parent not in space:
                yield f"{parent} is not searched{did_you_mean(parent, space)}", [at]
                continue
            among = space[parent]
            if isinstance(among, Range) and not among.whole:
                yield f"{parent} is continuous; a condition needs a choice or int", [at]
                continue
            for value in wanted:
                if not _possible(value, among):
                    yield f"{say(value)} is no value of {parent}", [at]
    circle = _circle(space)
    if circle:
        yield f"the conditions go in a circle: {' -> '.join(circle)}", [(circle[0], "when")]
        return
    for outer, inner in itertools.permutations(space, 2):
        if inner.startswith(f"{outer}.") and outer not in (space[inner].when or {}):
            message = (
                f"is a part of {outer}, which is searched, too; give it when: {{{outer}: ...}}"
            )
            yield message, [(inner,)]


def grid_values(dimension: AnyDimension) -> list[Any] | None:
    """The values of a grid along a dimension; None for a continuous one without `points`."""
    return dimension.grid


@dataclass(frozen=True)
class Grid:
    """All points of a grid over a space, numbered.

    A block holds the points that agree in the keys that conditions look at; within it the other
    searched keys are free, the last one fastest.
    """

    blocks: tuple[tuple[dict[str, Any], dict[str, list[Any]]], ...]
    """For each block what is fixed and what is free."""

    @property
    def size(self) -> int:
        """How many points there are."""
        return sum(self._sizes())

    def point(self, number: int) -> dict[str, Any]:
        """The values at point `number` from 0 to size - 1."""
        for (fixed, free), size in zip(self.blocks, self._sizes(), strict=True):
            if number < size:
                found = {}
                for key, values in reversed(free.items()):
                    number, position = divmod(number, len(values))
                    found[key] = values[position]
                return {**fixed, **dict(reversed(found.items()))}
            number -= size
        raise IndexError(number)

    def _sizes(self) -> list[int]:
        return [math.prod(len(values) for values in free.values()) for _, free in self.blocks]


def grid(space: Mapping[str, AnyDimension]) -> Grid:
    """The grid over a space whose dimensions all have grid values."""
    keys = parents_first(space)
    asked = {parent for dimension in space.values() for parent in dimension.when or ()}
    fixed: list[dict[str, Any]] = [{}]
    for key in filter(asked.__contains__, keys):
        values = grid_values(space[key]) or []
        fixed = [
            {**point, **here}
            for point in fixed
            for here in ([{key: v} for v in values] if is_active(space[key], point) else [{}])
        ]
    free = [key for key in keys if key not in asked]
    return Grid(
        tuple(
            (point, {k: grid_values(space[k]) or [] for k in free if is_active(space[k], point)})
            for point in fixed
        )
    )


def corners(space: Mapping[str, AnyDimension]) -> Iterator[dict[str, tuple[Path, Any]]]:
    """Points that hold every pair of values that stand in the file: values with their paths.

    The first of them has the first value of every key. What is wrong with two settings at once is
    wrong at one of these points.
    """
    listed = {key: space[key].candidates for key in parents_first(space)}
    yield _completed(space, listed, {})
    every = [(key, candidate) for key, candidates in listed.items() for candidate in candidates]
    for (one, first), (other, second) in itertools.combinations_with_replacement(every, 2):
        if one != other or first is second:
            yield _completed(space, listed, {one: first, other: second})


def _completed(
    space: Mapping[str, AnyDimension],
    listed: Mapping[str, list[tuple[Path, Any]]],
    wanted: Mapping[str, tuple[Path, Any]],
) -> dict[str, tuple[Path, Any]]:
    """A point with the wanted values, as far as the conditions let them be."""
    wanted = dict(wanted)
    for key in reversed(list(listed)):  # a wanted key needs its parents to agree
        if key in wanted:
            for parent, values in wanted_values(space[key]).items():
                fitting = [
                    each for each in listed[parent] if position_of(each[1], values) is not None
                ]
                if fitting:
                    wanted.setdefault(parent, fitting[0])
    point: dict[str, tuple[Path, Any]] = {}
    for key, candidates in listed.items():
        if is_active(space[key], {k: value for k, (_, value) in point.items()}):
            point[key] = wanted.get(key, candidates[0])
    return point


def _possible(value: Any, dimension: AnyDimension) -> bool:
    if isinstance(dimension, Choice):
        return position_of(value, dimension.choice) is not None
    low, high = dimension.ends
    return type(value) is int and low <= value <= high


def _circle(space: Mapping[str, AnyDimension]) -> list[str]:
    """Keys whose conditions lead back to the first of them, if there are any."""

    def walk(path: list[str]) -> list[str]:
        for parent in space[path[-1]].when or ():
            if parent in path:
                return [*path[path.index(parent) :], parent]
            if parent in space and (found := walk([*path, parent])):
                return found
        return []

    return next((found for key in space if (found := walk([key]))), [])
