"""The schedule `cosine`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

from overfit.nn.checks import Share
from overfit.nn.schedules import LrSchedule


@dataclass(frozen=True)
class Cosine(LrSchedule):
    """Decreases along half a cosine wave, from the end of the warm-up to the end of training.

    Source: Loshchilov and Hutter (2017), SGDR, without restarts.
    """

    updates: Annotated[int, Ge(1)]
    end: Share = 0.0
    """The final learning rate, as a share of the initial one."""

    def factor(self, t: int) -> float:
        """`end + (1 - end) (1 + cos(pi t / updates)) / 2`, and `end` from `updates` on."""
        done = min(t / self.updates, 1.0)
        return self.end + (1 - self.end) * (1 + math.cos(math.pi * done)) / 2


PART = Cosine
