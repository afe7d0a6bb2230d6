"""The penalty `cauchy`: workflow/overfit/nn/penalties/cauchy.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from annotated_types import Gt, Le

from overfit.nn.checks import NonNegative, Part
from overfit.nn.memory import Array, Scratch


@dataclass(frozen=True)
class Cauchy(Part):
    """Adds strength times the sum of log(1 + (w / scale)^2) to the loss.

    It pulls small weights to 0 as L2 does, large ones hardly at all: the prior has heavy tails.
    """

    strength: NonNegative = field(metadata={"examples": [0.1]})
    """The factor before the sum."""
    scale: Annotated[float, Gt(0), Le(1e6)] = 1.0
    """The weight beyond which the pull decreases."""

    def value(self, weights: Array) -> Array:
        """The penalty of each replicate, (R, 1), for weights (R, n)."""
        terms = np.log1p(np.square(weights / self.scale, dtype=float))
        return self.strength * np.sum(terms, axis=1, keepdims=True)

    def add_gradient(
        self, weights: Array, gradient: Array, scale: Array | float, scratch: Scratch
    ) -> None:
        """Add `scale` times `2 strength W / (scale^2 + W^2)`."""
        term, below = scratch("penalty", weights.shape), scratch("below", weights.shape)
        np.multiply(weights, weights, out=below)
        np.add(below, self.scale**2, out=below)
        np.divide(weights, below, out=term)
        np.multiply(term, scale * (2 * self.strength), out=term)
        np.add(gradient, term, out=gradient)


PART = Cauchy
