"""Learning-rate schedules: one file each, with `PART`, a subclass of `LrSchedule`.

A schedule gives the factor of the learning rate in each update.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

from overfit.nn.checks import Part


@dataclass(frozen=True)
class LrSchedule(Part, ABC):
    """A factor for each update.

    A field `updates` is not a setting: it gets the number of updates from the end of the warm-up to
    the end of the budget.
    """

    @abstractmethod
    def factor(self, t: int) -> float:
        """The factor of update `t`, counted from 0."""


@dataclass(frozen=True)
class WarmUp(LrSchedule):
    """Linear from `1 / updates` to 1 in the first `updates`, then another schedule, if any.

    Source: Goyal et al. (2017), Accurate, large minibatch SGD.
    """

    updates: Annotated[int, Ge(1)]
    then: LrSchedule | None = None

    def factor(self, t: int) -> float:
        """See the class."""
        if t < self.updates:
            return (t + 1) / self.updates
        return self.then.factor(t - self.updates) if self.then else 1.0
