"""Grid search.

Optuna's own sampler visits a grid in random order and knows no conditions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from overfit.config.problems import Path
from overfit.search.methods import OneRound
from overfit.search.space import Space, Values, grid, grid_mistakes, space_clashes


@dataclass(frozen=True)
class GridSearch(OneRound):
    """Every point of a grid, in order.

    Continuous ranges need `points`, and `trials` must be at least the number of points. If
    `search_trials` allows fewer, the points are evenly spread.
    """

    on_grid: ClassVar[bool] = True

    @classmethod
    def mistakes(cls, space: Space, trials: int) -> Iterator[tuple[str, Path]]:
        """Ranges without points, or more points than trials."""
        missing = [*grid_mistakes(space)]
        yield from missing
        if missing or any(space_clashes(space)):
            return
        if (size := grid(space).size) > trials:
            yield (
                f"the grid has {size} points, more than {trials}; raise trials, or sample from the "
                "grid with method: random_grid",
                ("trials",),
            )

    def draw(self) -> list[Values]:
        """All points, or evenly spread ones."""
        points = grid(self.space)
        spread = np.linspace(0, points.size - 1, min(self.trials, points.size)).round()
        return [points.point(int(number)) for number in spread]
