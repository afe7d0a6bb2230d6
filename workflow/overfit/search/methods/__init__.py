"""Search methods: each file defines one, which experiments use by the name of the file.

A method proposes trials round by round and receives their costs. It is a pure function of these
costs, so a search that was killed continues from its finished rounds. It knows nothing about
networks: a cost is a number, and lower is better.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from overfit.config import contract
from overfit.config.problems import Path
from overfit.search.dimensions import AnyDimension
from overfit.search.space import Space, Values

ROUND = 8
"""The most trials of a round, unless the search sets another number."""
START = 10
"""Trials that a method which learns draws at random before it can learn; the first round."""


@dataclass(frozen=True)
class Trial:
    """A configuration to try, and the share of the whole training budget that it gets."""

    values: Values
    share: float = 1.0


@dataclass(frozen=True)
class Round:
    """Trials and their costs; the cost of a trial that failed is not finite."""

    trials: Sequence[Trial]
    costs: Sequence[float]


@dataclass(frozen=True)
class Method:
    """A search method. The docstring of each method is its entry in the reference."""

    space: Mapping[str, AnyDimension]
    """The dimension of each searched key."""
    trials: int
    """The number of trials in total."""
    seed: int
    """The seed of all its random numbers."""
    size: int = ROUND
    """The most trials in a round, if the method has rounds of a chosen size."""
    whole: int = 1
    """The whole budget of a training, in epochs or updates."""

    learns: ClassVar[bool] = False
    """Whether its trials depend on the results of earlier ones."""
    sized: ClassVar[bool] = False
    """Whether you can choose the most trials in a round."""
    crowds: ClassVar[bool] = False
    """Whether it tries more trials where earlier ones were good; figures then mention it."""
    on_grid: ClassVar[bool] = False
    """Whether its trials are points of a grid."""
    shortens: ClassVar[bool] = False
    """Whether it trains some trials only for a part of the budget; figures then mention it."""

    @classmethod
    def about(cls) -> str:
        """Its description in the reference: its docstring without the source."""
        return " ".join((cls.__doc__ or "").partition("Source:")[0].split())

    @classmethod
    def mistakes(cls, space: Space, trials: int) -> Iterator[tuple[str, Path]]:
        """Why the method can't search a space: sentences, with their paths below the search."""
        return iter(())

    @classmethod
    def shortest(cls, whole: int) -> int:
        """The budget of its shortest trainings, in epochs or updates, of a whole budget."""
        return whole

    def learns_nothing(self) -> str | None:
        """Why a method that learns can't with these numbers, and what would do; None if it can."""
        return None

    @abstractmethod
    def propose(self, told: Sequence[Round]) -> list[Trial]:
        """The trials of the next round, after those of `told`; none at the end of the search."""

    @property
    @abstractmethod
    def plan(self) -> list[tuple[int, float]]:
        """For each round the number of trials, and the share of the whole budget that each gets."""


@dataclass(frozen=True)
class OneRound(Method):
    """A method that doesn't learn from its trials: all of them are one round."""

    @property
    def plan(self) -> list[tuple[int, float]]:
        """One round."""
        return [(self.trials, 1.0)]

    def propose(self, told: Sequence[Round]) -> list[Trial]:
        """All trials."""
        return [] if told else [Trial(values) for values in self.draw()]

    @abstractmethod
    def draw(self) -> list[Values]:
        """The values of all trials."""


@dataclass(frozen=True)
class Sequential(Method):
    """A method whose rounds learn from the earlier ones.

    The first round has `start` trials. A later one has a quarter as many as there were before, at
    most `size`: few trials are in small rounds, which learn more often. A search with more trials
    begins with the rounds of one with fewer.
    """

    learns: ClassVar[bool] = True
    sized: ClassVar[bool] = True
    crowds: ClassVar[bool] = True

    @property
    def start(self) -> int:
        """The number of trials that it draws at random before it can learn."""
        return START

    def learns_nothing(self) -> str | None:
        """Too few trials."""
        if self.trials > self.start:
            return None
        return (
            f"draws its first {self.start} trials at random, so it can't learn from "
            f"{self.trials}; write at least {self.start + 1}, or method: random"
        )

    @property
    def plan(self) -> list[tuple[int, float]]:
        """The rounds that the trials need; the last may be short."""
        sizes: list[int] = []
        while (known := sum(sizes)) < self.trials:
            size = min(self.size, max(1, known // 4)) if known else self.start
            sizes.append(min(size, self.trials - known))
        return [(size, 1.0) for size in sizes]

    def propose(self, told: Sequence[Round]) -> list[Trial]:
        """The trials of the next round."""
        if len(told) == len(self.plan):
            return []
        known = [trial.values for round_ in told for trial in round_.trials]
        costs = finite(np.array([cost for round_ in told for cost in round_.costs]))
        (count, _), seed = self.plan[len(told)], round_seed(self.seed, len(told))
        return [Trial(values) for values in self.learn(known, costs, count, seed)]

    @abstractmethod
    def learn(
        self, known: Sequence[Values], costs: NDArray[np.float64], count: int, seed: int
    ) -> list[Values]:
        """The values of `count` new trials, from those of the known ones and their costs."""


def round_seed(seed: int, number: int) -> int:
    """The seed of a round, from that of the search and the number of the round."""
    return int(np.random.SeedSequence((seed, number)).generate_state(1)[0])


def finite(costs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Costs in which a failed trial costs as much as the worst of the others."""
    fine = np.isfinite(costs)
    worst = costs[fine].max() if fine.any() else 0.0
    return np.where(fine, costs, worst)


NAMES = tuple(contract.files(__name__))
"""The names of all methods, found without loading them."""


@cache
def method(name: str) -> type[Method]:
    """The class of a method.

    Raises:
        ContractError: its file can't be imported, or doesn't define one method.
    """
    file = contract.files(__name__)[name]
    module = contract.load(f"{__name__}.{name}", file)
    return contract.defined(module, Method)  # type: ignore[type-abstract]


def methods() -> dict[str, type[Method]]:
    """The classes of all methods by name."""
    return {name: method(name) for name in NAMES}
