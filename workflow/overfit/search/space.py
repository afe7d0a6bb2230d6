"""Search spaces: conditions between keys, the points of a grid, corners, and the unit cube."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.config.model import position_of
from overfit.config.problems import Path, did_you_mean, say
from overfit.search.dimensions import AnyDimension, Choice, Range

Space = dict[str, AnyDimension]
"""The dimension of each searched key."""
Values = Mapping[str, Any]
"""The settings of a trial by dotted key; a key whose condition does not hold is absent."""
Points = NDArray[np.float64]
MOST = 1000
"""Points of each sort at which a space is checked, which takes about a second."""
_MOST_POINTS = 2**62
_MOST_BLOCKS = 10_000


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


def space_clashes(space: Mapping[str, AnyDimension]) -> Iterator[tuple[str, list[Path]]]:
    """Mistakes in the conditions of a space: sentences, with the paths below the space."""
    for key, dimension in space.items():
        for parent, wanted in dimension.conditions().items():
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
                    yield f"{say(value)} is not a value of {parent}", [at]
    circle = _circle(space)
    if circle:
        yield f"the conditions are circular: {' -> '.join(circle)}", [(circle[0], "when")]
        return
    for outer, inner in itertools.permutations(space, 2):
        if inner.startswith(f"{outer}.") and outer not in (space[inner].when or {}):
            message = f"is part of {outer}, which is searched too; give it when: {{{outer}: ...}}"
            yield message, [(inner,)]


def grid_mistakes(space: Mapping[str, AnyDimension]) -> Iterator[tuple[str, Path]]:
    """Why there is no grid over a space: sentences, with the paths below the search."""
    sizes = {}
    for key, dimension in space.items():
        points = dimension.grid
        if points is None:
            message = f"a grid needs points here: {{{dimension.kind}: [...], points: 5}}"
            yield message, ("space", key)
        else:
            sizes[key] = len(points)
    asked = {parent for dimension in space.values() for parent in dimension.when or ()}
    if math.prod(sizes.values()) > _MOST_POINTS:
        yield "the grid has too many points to number; write points, or fewer of them", ("space",)
    elif math.prod(sizes[key] for key in asked & sizes.keys()) > _MOST_BLOCKS:
        values = " and ".join(sorted(asked))
        message = f"the conditions on {values} divide the grid into more than {_MOST_BLOCKS} parts"
        yield message, ("space",)


def _possible(value: Any, dimension: AnyDimension) -> bool:
    if isinstance(dimension, Choice):
        return position_of(value, dimension.choice) is not None
    low, high = dimension.ends
    return type(value) is int and low <= value <= high


def _circle(space: Mapping[str, AnyDimension]) -> list[str]:
    """Keys whose conditions lead back to the first of them, if there are any."""
    sound: set[str] = set()

    def walk(path: list[str]) -> list[str]:
        for parent in space[path[-1]].when or ():
            if parent in path:
                return [*path[path.index(parent) :], parent]
            if parent in space and parent not in sound and (found := walk([*path, parent])):
                return found
        sound.add(path[-1])
        return []

    return next((found for key in space if (found := walk([key]))), [])


@dataclass(frozen=True)
class Grid:
    """All points of a grid over a space, numbered.

    In a block, all keys that conditions look at are fixed. The other searched keys are free, and
    the last of them changes fastest.
    """

    blocks: tuple[tuple[dict[str, Any], dict[str, Sequence[Any]]], ...]
    """For each block the fixed values, and the values of each free key."""

    @property
    def size(self) -> int:
        """The number of points."""
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
        values = space[key].grid or []
        fixed = [
            {**point, **here}
            for point in fixed
            for here in ([{key: v} for v in values] if space[key].is_active(point) else [{}])
        ]
    free = [key for key in keys if key not in asked]
    return Grid(
        tuple(
            (point, {key: space[key].grid or [] for key in free if space[key].is_active(point)})
            for point in fixed
        )
    )


def corners(
    space: Mapping[str, AnyDimension], most: int = MOST
) -> Iterator[dict[str, tuple[Path, Any]]]:
    """Points at which settings that can't go together are found: values with their paths.

    These are all combinations of the values that are written in the file, the first values first.
    If they are more than `most`, these are every such value, and `most` pairs and combinations of
    them, drawn at random with a fixed seed. Then come, at most `most` times, the whole numbers of
    ranges beside each of these values.
    """
    listed = {key: space[key].candidates for key in parents_first(space)}
    every = [(key, one) for key, candidates in listed.items() for one in candidates]
    between = [(key, one) for key in listed for one in space[key].between(most)]
    rng = np.random.default_rng(0)
    combinations = math.prod(map(len, listed.values()))
    if combinations > most:
        yield _completed(space, listed, {})
        for key, one in every:
            yield _completed(space, listed, {key: one})
        for number in _some(len(every) ** 2, most, rng):
            yield _completed(space, listed, dict(_two(number, every, every)))
    for number in _some(combinations, most, rng):
        point = {}
        for key, candidates in reversed(listed.items()):
            number, place = divmod(number, len(candidates))
            point[key] = candidates[place]
        yield _completed(space, listed, point)
    for number in _some(len(between) * len(every), most, rng):
        yield _completed(space, listed, dict(_two(number, every, between)))


_Candidate = tuple[str, tuple[Path, Any]]


def _two(
    number: int, ones: Sequence[_Candidate], others: Sequence[_Candidate]
) -> tuple[_Candidate, _Candidate]:
    """The pair of this number; the second of two values of one key wins."""
    place, other = divmod(number, len(others))
    return ones[place], others[other]


def _some(count: int, most: int, rng: np.random.Generator) -> Iterable[int]:
    """The numbers below `count`; if these are more than `most`, that many of them at random."""
    if count <= most:
        return range(count)
    return [int(share * count) for share in rng.random(most)]


def _completed(
    space: Mapping[str, AnyDimension],
    listed: Mapping[str, list[tuple[Path, Any]]],
    wanted: Mapping[str, tuple[Path, Any]],
) -> dict[str, tuple[Path, Any]]:
    """A point with those of the wanted values that the conditions allow."""
    wanted = dict(wanted)
    for key in reversed(list(listed)):  # a wanted key needs its parents to agree
        if key in wanted:
            for parent, values in space[key].conditions().items():
                fitting = [
                    each for each in listed[parent] if position_of(each[1], values) is not None
                ]
                if fitting:
                    wanted.setdefault(parent, fitting[0])
    point: dict[str, tuple[Path, Any]] = {}
    for key, candidates in listed.items():
        if space[key].is_active({k: value for k, (_, value) in point.items()}):
            point[key] = wanted.get(key, candidates[0])
    return point


@dataclass(frozen=True)
class Cube:
    """Converts between values, points (n, d) of the unit cube, and features (n, f) for a model.

    Each key is a coordinate in which the space is uniform. A choice of k values is k features, 1
    for the chosen value, since its values have no order; any other key is one feature. A key whose
    condition does not hold is in the middle, or chooses nothing.
    """

    space: Mapping[str, AnyDimension]

    @cached_property
    def keys(self) -> list[str]:
        """The key of each coordinate."""
        return parents_first(self.space)

    @property
    def size(self) -> int:
        """The number of coordinates, d."""
        return len(self.keys)

    def values(self, point: Points) -> Values:
        """The values at a point (d,)."""
        found: dict[str, Any] = {}
        for key, u in zip(self.keys, point, strict=True):
            dimension = self.space[key]
            if dimension.is_active(found):
                found[key] = dimension.decode(dimension.at(np.array(u)).item())
        return found

    def point(self, values: Values) -> Points:
        """A point (d,) with these values; 1/2 for keys without a value."""
        found = np.full(self.size, 0.5)
        for position, key in enumerate(self.keys):
            if key in values:
                dimension = self.space[key]
                found[position] = dimension.coordinate(dimension.encode(values[key]))
        return found

    def features(self, points: Points) -> Points:
        """The features (n, f) of points (n, d)."""
        columns: list[NDArray[Any]] = []
        numbers: dict[str, NDArray[Any]] = {}
        actives: dict[str, NDArray[np.bool_]] = {}
        for key, u in zip(self.keys, points.T, strict=True):
            dimension = self.space[key]
            active = np.ones(len(points), bool)
            for parent, wanted in dimension.conditions().items():
                holding: list[Any] = [self.space[parent].encode(value) for value in wanted]
                active &= actives[parent] & np.isin(numbers[parent], holding)
            found = numbers[key] = dimension.at(u)
            actives[key] = active
            if isinstance(dimension, Choice):
                columns += [active & (found == place) for place in range(len(dimension.choice))]
            else:
                columns.append(np.where(active, dimension.coordinate(found), 0.5))
        return np.array(columns, np.float64).T
