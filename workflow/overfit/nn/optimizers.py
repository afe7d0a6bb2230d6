"""Optimizers: from gradients to new parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overfit.nn.scratch import Array


@dataclass(frozen=True)
class SGD:
    """Stochastic gradient descent: `theta = theta - lr g`; `lr` is one number a replicate.

    The factor -lr is folded into the gradient of the logits, a few thousand numbers, rather than
    multiplied into the gradient of every parameter: then the update is one addition.
    """

    lr: tuple[float, ...]

    def __post_init__(self) -> None:
        for value in self.lr:
            if not 0 < value < float("inf"):
                raise ValueError(f"lr is {value}; it must be positive and finite")

    def gradient_scale(self) -> Array:
        """What the gradient is to be multiplied with before `step`, shape (R, 1): -lr."""
        return -np.asarray(self.lr)[:, None]

    def step(self, parameters: Array, gradient: Array) -> None:
        """Update `parameters` (R, P) in place with the scaled `gradient` (R, P)."""
        np.add(parameters, gradient, out=parameters)
