"""Hyperband: many configurations get a short training, the best of them a longer one.

A bracket starts with n configurations and a share r of the whole budget R. Each rung keeps the best
n / eta configurations and gives them eta times as much, until the last rung has all of R. Brackets
differ in where they start: from many configurations with little budget to few with all of it. Here
each rung trains from scratch, so the cost of a bracket is the sum over its rungs.

Optuna's pruners decide about one trial at a time, in the order in which trials report. Here all
trials of a rung are compared, so neither the number of cores nor chance decides which continue.

Source: Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar (2018), Hyperband, algorithm 1, eta = 3.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from overfit.config.problems import Path
from overfit.search import sampling
from overfit.search.methods import Method, Round, Trial, round_seed
from overfit.search.space import Space

ETA = 3
BUDGETS = ("train.epochs", "train.updates")
"""The settings that Hyperband itself chooses."""


@dataclass(frozen=True)
class Hyperband(Method):
    """Successive halving over the epochs: many short trainings, few long ones.

    The best third of the configurations are trained again from scratch, three times as long, up to
    the whole budget. All these epochs count: `trials` is the budget in whole trainings.
    """

    learns: ClassVar[bool] = True
    shortens: ClassVar[bool] = True

    @classmethod
    def mistakes(cls, space: Space, trials: int) -> Iterator[tuple[str, Path]]:
        """Budgets in the space."""
        for key in BUDGETS:
            if key in space:
                yield f"hyperband itself chooses {key}; take it out of the space", ("space", key)

    @classmethod
    def shortest(cls, whole: int) -> int:
        """The budget of the first rung."""
        return max(1, round(whole / ETA ** depth(whole)))

    def learns_nothing(self) -> str | None:
        """No bracket drops a configuration."""
        if drops(self.rungs):
            return None
        if depth(self.whole) == 0:
            return (
                f"can't give a configuration a third of a training of {self.whole}; train for "
                f"{ETA} epochs or more, or write method: random"
            )
        enough = next(n for n in itertools.count(self.trials) if drops(brackets(n, self.whole)))
        return (
            f"needs a budget of at least {enough} whole trainings to drop a configuration, not "
            f"{self.trials}; write trials: {enough}, or method: random"
        )

    @cached_property
    def rungs(self) -> list[Rung]:
        """All rungs in their order."""
        return brackets(self.trials, self.whole)

    @property
    def plan(self) -> list[tuple[int, float]]:
        """A round for each rung."""
        return [(rung.count, rung.budget / self.whole) for rung in self.rungs]

    def propose(self, told: Sequence[Round]) -> list[Trial]:
        """New configurations at the start of a bracket, else the best of the rung before."""
        if len(told) == len(self.rungs):
            return []
        rung = self.rungs[len(told)]
        if rung.first:
            seed = round_seed(self.seed, len(told))
            chosen = sampling.draw(self.space, rung.count, seed)
        else:
            costs = np.where(np.isfinite(told[-1].costs), told[-1].costs, np.inf)
            best = np.argsort(costs, kind="stable")[: rung.count]
            chosen = [told[-1].trials[i].values for i in sorted(best)]
        return [Trial(values, rung.budget / self.whole) for values in chosen]


@dataclass(frozen=True)
class Rung:
    """Configurations that are trained equally long; the first rung of a bracket draws new ones."""

    count: int
    """Number of its configurations."""
    budget: int
    """Epochs (or updates) of each."""
    first: bool


def depth(whole: int) -> int:
    """The largest s such that `whole` / eta^s is at least 1."""
    s = 0
    while ETA ** (s + 1) <= whole:
        s += 1
    return s


def bracket(count: int, s: int, whole: int) -> list[Rung]:
    """The rungs of a bracket of `count` configurations that starts s rungs below the top."""
    return [
        Rung(max(1, count // ETA**i), max(1, round(whole / ETA ** (s - i))), first=i == 0)
        for i in range(s + 1)
    ]


def brackets(trials: int, whole: int) -> list[Rung]:
    """All rungs that a budget of `trials` trainings of `whole` epochs pays for, in their order.

    All brackets are run in turn, again and again. One that is too expensive gets as many
    configurations as the rest of the budget allows, and is left out if it allows none.
    """
    left, rungs = trials * whole, []
    while left >= whole:
        for s in reversed(range(depth(whole) + 1)):
            most = -(-(depth(whole) + 1) * ETA**s // (s + 1))
            for count in range(most, 0, -1):
                found = bracket(count, s, whole)
                if cost(found) <= left:
                    rungs += found
                    left -= cost(found)
                    break
    return rungs


def drops(rungs: list[Rung]) -> bool:
    """Whether some rung has fewer configurations than the one before it in its bracket."""
    return any(
        below.count < above.count for above, below in itertools.pairwise(rungs) if not below.first
    )


def cost(rungs: list[Rung]) -> int:
    """The epochs (or updates) of all rungs."""
    return sum(rung.count * rung.budget for rung in rungs)
