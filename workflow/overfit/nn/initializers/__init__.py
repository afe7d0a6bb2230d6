"""Initial weights: one file per initializer or family, with `PART`.

The weights of a layer with `n_in` inputs and `n_out` outputs have mean 0 and a standard deviation
that keeps signals from growing or vanishing through many layers.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from overfit.nn.checks import Part
from overfit.nn.memory import Array


@dataclass(frozen=True)
class Initializer(Part, ABC):
    """Draws the initial weights of a layer."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """Weights (n_in, n_out), float64."""


@dataclass(frozen=True)
class Scaled(Initializer):
    """Normal weights with a standard deviation that depends on the layer's size."""

    uniform: ClassVar[bool] = False
    """Whether the weights are uniform instead, with the same standard deviation."""

    @abstractmethod
    def deviation(self, n_in: int, n_out: int) -> float:
        """The standard deviation."""

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """Weights (n_in, n_out), float64."""
        deviation = self.deviation(n_in, n_out)
        if not self.uniform:
            return rng.normal(0.0, deviation, (n_in, n_out))
        bound = math.sqrt(3) * deviation
        return rng.uniform(-bound, bound, (n_in, n_out))
