"""The schedule `constant`."""

from __future__ import annotations

from dataclasses import dataclass

from overfit.nn.schedules import LrSchedule


@dataclass(frozen=True)
class Constant(LrSchedule):
    """Keeps the learning rate constant."""

    def factor(self, t: int) -> float:
        """1."""
        return 1.0


PART = Constant
