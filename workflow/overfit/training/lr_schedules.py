"""Learning-rate schedules: by which factor the learning rate is multiplied, update by update."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from overfit.nn.checks import at_least_1, positive, share


class LrSchedule(Protocol):
    """A factor for each update."""

    def factor(self, t: int) -> float:
        """The factor of update `t`, counted from 0."""
        ...


@dataclass(frozen=True)
class Constant:
    """Always 1."""

    def factor(self, t: int) -> float:
        """1."""
        return 1.0


@dataclass(frozen=True)
class Step:
    """`gamma^floor(t / every)`: a drop by `gamma` after each `every` updates."""

    every: int
    gamma: float = 0.1

    def __post_init__(self) -> None:
        at_least_1("every", self.every)
        positive("gamma", self.gamma)

    def factor(self, t: int) -> float:
        """See the class."""
        return float(self.gamma ** (t // self.every))


@dataclass(frozen=True)
class Cosine:
    """`end + (1 - end) (1 + cos(pi t / updates)) / 2`, from 1 to `end`, and `end` from then on.

    Source: Loshchilov and Hutter (2017), SGDR, without restarts.
    """

    updates: int
    end: float = 0.0

    def __post_init__(self) -> None:
        at_least_1("updates", self.updates)
        share("end", self.end)

    def factor(self, t: int) -> float:
        """See the class."""
        done = min(t / self.updates, 1.0)
        return self.end + (1 - self.end) * (1 + math.cos(math.pi * done)) / 2


@dataclass(frozen=True)
class WarmUp:
    """Linear from `1 / updates` to 1 over the first `updates`, then another schedule.

    Source: Goyal et al. (2017), Accurate, large minibatch SGD.
    """

    updates: int
    then: LrSchedule = Constant()

    def __post_init__(self) -> None:
        at_least_1("updates", self.updates)

    def factor(self, t: int) -> float:
        """See the class."""
        if t < self.updates:
            return (t + 1) / self.updates
        return self.then.factor(t - self.updates)
