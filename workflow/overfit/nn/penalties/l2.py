"""The penalty `l2`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from overfit.nn.checks import NonNegative, Part
from overfit.nn.memory import Array, Scratch


@dataclass(frozen=True)
class L2(Part):
    """Weight decay: `l2 / 2 sum W^2`, gradient `l2 W`.

    Source: Deep Learning from Scratch, 6.4.2.
    """

    label: ClassVar[str] = "L2"

    l2: NonNegative = field(default=0.0, metadata={"examples": [0.1]})
    """Weight decay: adds l2 / 2 times the sum of the squared weights to the loss."""

    def value(self, weights: Array) -> Array:
        """`l2 / 2 sum W^2`."""
        return self.l2 / 2 * np.sum(np.square(weights, dtype=float), axis=1, keepdims=True)

    def add_gradient(
        self, weights: Array, gradient: Array, scale: Array | float, scratch: Scratch
    ) -> None:
        """Add `scale l2 W`."""
        term = np.multiply(weights, scale * self.l2, out=scratch("penalty", weights.shape))
        np.add(gradient, term, out=gradient)

    def shrink(self, weights: Array, scale: Array | float) -> None:
        """The step of plain SGD with `scale = -lr` along this gradient alone: `W (1 - lr l2)`."""
        np.multiply(weights, 1 + scale * self.l2, out=weights)


PART = L2
