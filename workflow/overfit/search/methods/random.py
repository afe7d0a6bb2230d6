"""Random search."""

from __future__ import annotations

from dataclasses import dataclass

from overfit.search import sampling
from overfit.search.methods import OneRound
from overfit.search.space import Values


@dataclass(frozen=True)
class Random(OneRound):
    """Each trial independently.

    Source: Bergstra and Bengio (2012), Random search for hyper-parameter optimization.
    """

    def draw(self) -> list[Values]:
        """All trials."""
        return sampling.draw(self.space, self.trials, self.seed)
