"""Random points of a grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from overfit.config.problems import Path
from overfit.search.methods import OneRound
from overfit.search.space import Space, Values, grid, grid_mistakes


@dataclass(frozen=True)
class RandomGrid(OneRound):
    """Points of a grid, drawn without replacement. Continuous ranges need `points`."""

    on_grid: ClassVar[bool] = True

    @classmethod
    def mistakes(cls, space: Space, trials: int) -> Iterator[tuple[str, Path]]:
        """Ranges without points, or too many points."""
        return grid_mistakes(space)

    def draw(self) -> list[Values]:
        """All trials."""
        points = grid(self.space)
        rng = np.random.default_rng(self.seed)
        drawn = rng.choice(points.size, min(self.trials, points.size), replace=False)
        return [points.point(int(number)) for number in drawn]
