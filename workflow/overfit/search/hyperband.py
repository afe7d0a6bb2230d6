"""Hyperband: many configurations get little training, the best of them more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
from optuna.samplers import RandomSampler

from overfit.config.brackets import Rung, brackets, cost
from overfit.search.distributions import ask
from overfit.search.method import Method, Round
from overfit.search.trials import Trial


@dataclass(frozen=True)
class Hyperband(Method):
    """Successive halving in brackets, see `overfit.config.brackets`; a rung is a round.

    `trials` is the budget in trainings to the end. What a rung keeps is trained again from scratch
    with more epochs, which is counted as spent. Optuna's pruners decide about one trial at a time,
    in the order in which they report; here all of a rung are compared, so that neither the number
    of cores nor chance decides who goes on.
    """

    whole: int = field(kw_only=True)
    """The whole budget of a training, in epochs or updates."""

    @cached_property
    def rungs(self) -> list[Rung]:
        """What is trained for how long."""
        return brackets(self.trials, self.whole)

    @property
    def rounds(self) -> int:
        """One a rung."""
        return len(self.rungs)

    @property
    def budget(self) -> float:
        """What the rungs spend."""
        return cost(self.rungs) / self.whole

    def propose(self, told: Sequence[Round]) -> list[Trial]:
        """New configurations at the start of a bracket, else the best of the rung before."""
        if len(told) == self.rounds:
            return []
        rung = self.rungs[len(told)]
        if rung.first:
            seed = int(np.random.SeedSequence((self.seed, len(told))).generate_state(1)[0])
            chosen = ask(partial(RandomSampler, seed=seed), self.space, rung.count)
        else:
            costs = np.where(np.isfinite(told[-1].costs), told[-1].costs, np.inf)
            best = np.argsort(costs, kind="stable")[: rung.count]
            chosen = [told[-1].trials[i].values for i in sorted(best)]
        return [Trial(values, rung.budget / self.whole) for values in chosen]
