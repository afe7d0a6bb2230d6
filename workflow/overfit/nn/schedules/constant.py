"""The schedule `constant`."""

from __future__ import annotations

from dataclasses import dataclass

from overfit.nn.schedules import LrSchedule


@dataclass(frozen=True)
class Constant(LrSchedule):
    """Stays as it is."""

    def factor(self, t: int) -> float:
        """1."""
        return 1.0


PART = Constant
