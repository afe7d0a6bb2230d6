"""Penalties on the weights, apart from the layers.

A penalty is added to the mean loss of the batch, so its strength does not depend on the batch size:
`L = mean_B L_data + penalty(W)`. It applies to weights only, not to biases, gamma or beta.
Strengths are numbers, or columns (R, 1) where replicates differ (see `overfit.nn.stacking`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from overfit.nn.checks import not_negative
from overfit.nn.scratch import Array, Scratch


class Penalty(Protocol):
    """A function of the weights that is added to the loss."""

    def value(self, weights: Array) -> Array:
        """The penalty of each replicate, shape (R, 1), for weights (R, n)."""
        ...

    def add_gradient(
        self, weights: Array, gradient: Array, scale: Array | float, scratch: Scratch
    ) -> None:
        """Add `scale` times the gradient at `weights` to `gradient` (R, n), in place."""
        ...


@dataclass(frozen=True)
class L2:
    """`l2 / 2 sum W^2`, gradient `l2 W`; also called weight decay.

    Source: Deep Learning from Scratch, 6.4.2.
    """

    l2: float

    def __post_init__(self) -> None:
        not_negative("l2", self.l2)

    def value(self, weights: Array) -> Array:
        """`l2 / 2 sum W^2`."""
        return self.l2 / 2 * np.sum(np.square(weights, dtype=float), axis=1, keepdims=True)

    def add_gradient(
        self, weights: Array, gradient: Array, scale: Array | float, scratch: Scratch
    ) -> None:
        """Add `scale l2 W`."""
        term = np.multiply(weights, scale * self.l2, out=scratch("penalty", weights.shape))
        np.add(gradient, term, out=gradient)
