"""The initializer `normal`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Gt, Le

from overfit.nn.initializers import Initializer
from overfit.nn.memory import Array


@dataclass(frozen=True)
class Normal(Initializer):
    """Normal, one standard deviation for all layers; `{std: 0.01}` for short."""

    brief: ClassVar[Mapping[str, str]] = {"std": "std"}
    short: ClassVar[str] = "std"
    """A setting that identifies the initializer, so that users can omit its name."""

    std: Annotated[float, Gt(0), Le(100)]
    """Standard deviation of the initial weights."""

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """Normal weights."""
        return rng.normal(0.0, self.std, (n_in, n_out))


PART = Normal
