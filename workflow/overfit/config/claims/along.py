"""Tests that look along a grid axis."""

from __future__ import annotations

from collections.abc import Iterator

from overfit.config.claims.place import Place
from overfit.config.claims.test import Test
from overfit.config.model import Clash
from overfit.config.names import Axis, Grid

FEWEST = 3


class Along(Test):
    """A test that looks along an axis of numbers."""

    along: Axis
    """A grid axis of at least three numbers."""

    @property
    def place(self) -> Place:
        """Where on the grid the test is."""
        return Place(self.at, self.over, self.along)

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """With those of an axis that has no order."""
        yield from super().mistakes(grid)
        points = grid and grid[self.along]
        if not points:
            return
        words = [point for point in points if isinstance(point, bool | str)]
        if words:
            yield f"{self.along} is no axis of numbers: {words[0]} is on it", [("along",)]
        elif len(points) < FEWEST:
            yield f"{self.along} has {len(points)} points, not at least {FEWEST}", [("along",)]
