"""Initial weights, as the standard deviation of a normal distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol


class Initializer(Protocol):
    """Says how widely the initial weights of a layer scatter."""

    def std(self, n_in: int, n_out: int) -> float:
        """Standard deviation of the weights of a layer with `n_in` inputs, `n_out` outputs."""
        ...


@dataclass(frozen=True)
class He:
    """`std = sqrt(2 / n_in)`: keeps the signal's variance through ReLU layers.

    Source: He, Zhang, Ren, Sun (2015), Delving deep into rectifiers, equation 10.
    """

    def std(self, n_in: int, n_out: int) -> float:
        """Standard deviation, see the class."""
        return math.sqrt(2.0 / n_in)


@dataclass(frozen=True)
class Xavier:
    """`std = sqrt(1 / n_in)`: keeps the signal's variance through layers that are linear around 0.

    The form used in Deep Learning from Scratch, 6.2.2; Glorot and Bengio (2010) use
    `sqrt(2 / (n_in + n_out))`, which is the same for square layers.
    """

    def std(self, n_in: int, n_out: int) -> float:
        """Standard deviation, see the class."""
        return math.sqrt(1.0 / n_in)


@dataclass(frozen=True)
class Normal:
    """The same standard deviation `scale` in every layer."""

    scale: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.scale) and self.scale > 0):
            raise ValueError(f"scale is {self.scale}; it must be a positive number")

    def std(self, n_in: int, n_out: int) -> float:
        """Standard deviation, see the class."""
        return self.scale
