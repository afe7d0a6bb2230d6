"""The schedule `step`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt, Le

from overfit.nn.schedules import LrSchedule


@dataclass(frozen=True)
class Step(LrSchedule):
    """Drops at equal distances."""

    every: Annotated[int, Ge(1)]
    """Updates between two drops, counted from the end of the warm-up."""
    gamma: Annotated[float, Gt(0), Le(1)] = 0.1
    """What the learning rate is multiplied with at each drop."""

    def factor(self, t: int) -> float:
        """`gamma^floor(t / every)`."""
        return float(self.gamma ** (t // self.every))


PART = Step
