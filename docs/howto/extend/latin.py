"""The search method `latin`: workflow/overfit/search/methods/latin.py."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overfit.search.methods import OneRound
from overfit.search.space import Cube, Values


@dataclass(frozen=True)
class Latin(OneRound):
    """A Latin hypercube: each of n equal parts of each range contains one of the n trials.

    Source: McKay, Beckman, Conover (1979), A comparison of three methods.
    """

    def draw(self) -> list[Values]:
        """All trials."""
        cube, rng = Cube(self.space), np.random.default_rng(self.seed)
        parts = np.array([rng.permutation(self.trials) for _ in cube.keys]).T
        points = (parts + rng.random(parts.shape)) / self.trials
        return [cube.values(point) for point in points]
