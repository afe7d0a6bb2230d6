"""Tests with two sides: two variants at one place, or two points of the grid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from overfit.config.claims.place import Place, place_mistakes
from overfit.config.claims.test import At, Test
from overfit.config.model import Clash
from overfit.config.names import Grid, VariantName


class TwoSided(Test):
    """A test of `of` against another side: another variant, another point, or both."""

    other: ClassVar[str] = "minus"
    """The key that names the other variant; with `_at`, the key of its points."""

    @property
    def _other(self) -> tuple[str | None, At | None]:
        return getattr(self, self.other), getattr(self, f"{self.other}_at")

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """With those of the other side: none, the same, points where there are none."""
        yield from super().mistakes(grid)
        key, (variant, points) = f"{self.other}_at", self._other
        if variant is None and points is None:
            yield (
                f"compares with nothing; write {self.other}: VARIANT or {key}: {{AXIS: POINT}}",
                [()],
            )
            return
        there = self.at | (points or {})
        if (variant or self.of) == self.of and there == self.at:
            yield f"{self.of} is compared with itself", [(self.other if variant else key,)]
        for axis in points or ():
            if axis not in self.at and (grid is None or axis in grid):
                yield f"{axis} is not in at, the point to compare with this one", [(key, axis)]
        if points and grid is not None:
            for message, (path, *_) in place_mistakes(Place(there, self.over), grid):
                if path[:1] == ("at",) and path[1] in points:
                    yield message, [(key, *path[1:])]

    def points(self, axis: str) -> list[Any]:
        """The points on a grid axis that either side needs."""
        there = self._other[1] or {}
        return super().points(axis) + ([there[axis]] if axis in there else [])

    def plan(self) -> dict[str, Any]:
        """The test as scripts get it: the other side with what it leaves out."""
        variant, points = self._other
        whole = super().plan() | {self.other: variant or self.of}
        return whole if points is None else whole | {f"{self.other}_at": self.at | points}


class Minus(TwoSided):
    """A test of a difference."""

    minus: VariantName | None = None
    """The variant to compare with; without it, `of` at other points."""
    minus_at: At | None = None
    """Other points on grid axes that `at` names, for what is subtracted."""
