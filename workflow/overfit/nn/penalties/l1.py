"""The penalty `l1`, by its subgradient or by proximal steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np

from overfit.nn.checks import NonNegative, Part
from overfit.nn.memory import Array, Parameters, Scratch


@dataclass(frozen=True)
class L1(Part):
    """`l1 sum |W|`, subgradient `l1 sign(W)`, which is 0 at 0.

    Steps along the subgradient overshoot 0; proximal steps reach it.

    Source: Tibshirani (1996), Regression shrinkage and selection via the lasso.
    """

    label: ClassVar[str] = "L1"

    l1: NonNegative = field(default=0.0, metadata={"examples": [0.1]})
    """Adds l1 times the sum of the weights' absolute values to the loss."""
    l1_method: Literal["subgradient", "proximal"] = "subgradient"
    """`proximal` instead shrinks the weights after each update, until they are exactly 0."""

    def value(self, weights: Array) -> Array:
        """`l1 sum |W|`."""
        return self.l1 * np.sum(np.abs(weights), axis=1, keepdims=True, dtype=float)

    def add_gradient(
        self, weights: Array, gradient: Array, scale: Array | float, scratch: Scratch
    ) -> None:
        """Add `scale l1 sign(W)`; nothing with proximal steps."""
        if self.l1_method == "proximal":
            return
        term = np.sign(weights, out=scratch("penalty", weights.shape))
        np.multiply(term, scale * self.l1, out=term)
        np.add(gradient, term, out=gradient)

    def apply(self, parameters: Parameters, lr: Array | float, scratch: Scratch) -> None:
        """With proximal steps, `W = sign(W) max(|W| - lr l1, 0)`: soft thresholding.

        This subtracts from W its value clipped to plus or minus `lr l1`.

        Source: Daubechies, Defrise, De Mol (2004), An iterative thresholding algorithm for linear
        inverse problems with a sparsity constraint.
        """
        if self.l1_method != "proximal":
            return
        weights = parameters.weights
        threshold = np.asarray(lr * self.l1, weights.dtype)
        inside = scratch("inside", weights.shape)
        np.clip(weights, -threshold, threshold, out=inside)
        np.subtract(weights, inside, out=weights)


def ProximalL1(l1: float) -> L1:  # noqa: N802 - it is used like a class
    """L1 by soft thresholding, which gives exact zeros."""
    return L1(l1, "proximal")


PART = L1
