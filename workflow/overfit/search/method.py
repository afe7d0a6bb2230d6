"""What all methods of a search share: trials are proposed round by round, and told what they cost.

A method is a pure function of what it was told, so a search that was killed goes on from what its
finished rounds have left. It knows nothing of networks: a cost is any number that is to be low.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from overfit.config.dimensions import AnyDimension
from overfit.search.trials import Trial, Values


@dataclass(frozen=True)
class Round:
    """Trials and their costs; not finite for one that failed."""

    trials: Sequence[Trial]
    costs: Sequence[float]


@dataclass(frozen=True)
class Method:
    """How a space is searched."""

    space: Mapping[str, AnyDimension]
    """Where to look, by key."""
    trials: int
    """How many trials there are in all."""
    seed: int
    """All random numbers derive from it."""

    @abstractmethod
    def propose(self, told: Sequence[Round]) -> list[Trial]:
        """The trials of the next round, after those of `told`; none at the end of the search."""

    @property
    @abstractmethod
    def rounds(self) -> int:
        """How many rounds there are in all."""

    @property
    def budget(self) -> float:
        """What all trials spend, in trainings to the end."""
        return float(self.trials)


@dataclass(frozen=True)
class OneRound(Method):
    """A method that learns nothing from its trials: all of them are one round."""

    @property
    def rounds(self) -> int:
        """One."""
        return 1

    def propose(self, told: Sequence[Round]) -> list[Trial]:
        """All trials."""
        return [] if told else [Trial(values) for values in self.draw()]

    @abstractmethod
    def draw(self) -> list[Values]:
        """The values of all trials."""


@dataclass(frozen=True)
class Sequential(Method):
    """A method whose rounds, of `size` trials each, learn from the earlier ones."""

    size: int = field(default=8, kw_only=True)

    @property
    def rounds(self) -> int:
        """As many as the trials need; the last may be short."""
        return -(-self.trials // self.size)

    def propose(self, told: Sequence[Round]) -> list[Trial]:
        """The trials of the next round."""
        known = [trial.values for round_ in told for trial in round_.trials]
        costs = finite(np.array([cost for round_ in told for cost in round_.costs]))
        count = min(self.size, self.trials - len(known))
        seed = int(np.random.SeedSequence((self.seed, len(told))).generate_state(1)[0])
        return [Trial(values) for values in self.learn(known, costs, count, seed)] if count else []

    @abstractmethod
    def learn(
        self, known: Sequence[Values], costs: NDArray[np.float64], count: int, seed: int
    ) -> list[Values]:
        """The values of `count` new trials, from those of the known ones and their costs."""


def finite(costs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Costs in which a trial that failed costs as much as the worst of the others."""
    fine = np.isfinite(costs)
    worst = costs[fine].max() if fine.any() else 0.0
    return np.where(fine, costs, worst)
