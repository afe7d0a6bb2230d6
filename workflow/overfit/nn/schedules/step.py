"""The schedule `step`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt, Le

from overfit.nn.schedules import LrSchedule


@dataclass(frozen=True)
class Step(LrSchedule):
    """Decreases at regular intervals."""

    every: Annotated[int, Ge(1), Le(100_000_000)]
    """Updates between two decreases, counted from the end of the warm-up."""
    gamma: Annotated[float, Gt(0), Le(1)] = 0.1
    """Factor of the learning rate at each decrease."""

    def factor(self, t: int) -> float:
        """`gamma^floor(t / every)`."""
        return float(self.gamma ** (t // self.every))


PART = Step
