"""What is done to the weights after each step: constraints and proximal steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from overfit.nn.checks import not_negative, positive
from overfit.nn.parameters import Parameters
from overfit.nn.scratch import Array, Scratch


class Constraint(Protocol):
    """Changes the weights after an optimizer's step."""

    def apply(self, parameters: Parameters, lr: Array | float, scratch: Scratch) -> None:
        """Change the weights in place; `lr` (R, 1) is the learning rate of the step."""
        ...


@dataclass(frozen=True)
class ProximalL1:
    """`W = sign(W) max(|W| - lr l1, 0)`: L1 by soft thresholding, which gives exact zeros.

    Source: Daubechies, Defrise, De Mol (2004), An iterative thresholding algorithm for linear
    inverse problems with a sparsity constraint.
    """

    l1: float

    def __post_init__(self) -> None:
        not_negative("l1", self.l1)

    def apply(self, parameters: Parameters, lr: Array | float, scratch: Scratch) -> None:
        """Soft thresholding: subtract the part of W that lies within plus or minus `lr l1`."""
        weights = parameters.weights
        threshold = np.asarray(lr * self.l1, weights.dtype)
        inside = scratch("inside", weights.shape)
        np.clip(weights, -threshold, threshold, out=inside)
        np.subtract(weights, inside, out=weights)


@dataclass(frozen=True)
class MaxNorm:
    """The incoming weights of each unit get a norm of at most `limit`, by scaling them down.

    Source: Srivastava et al. (2014), Dropout, section 5.1.
    """

    limit: float

    def __post_init__(self) -> None:
        positive("limit", self.limit)

    def apply(self, parameters: Parameters, lr: Array | float, scratch: Scratch) -> None:
        """`W[:, j] *= min(1, limit / |W[:, j]|)` for each unit j of each layer."""
        limit = np.asarray(self.limit).reshape(-1, 1, 1)
        for layer in parameters.layers:
            if "W" in layer:
                W = layer["W"]
                norms = np.sqrt(np.einsum("rij,rij->rj", W, W))[:, None]
                np.multiply(W, np.minimum(1, limit / np.maximum(norms, 1e-30)), out=W)
