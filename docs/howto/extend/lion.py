"""The optimizer `lion`: workflow/overfit/nn/optimizers/lion.py."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overfit.nn.checks import Share
from overfit.nn.memory import Array, Parameters
from overfit.nn.optimizers import Memory, Optimizer, Update


@dataclass(frozen=True)
class Lion(Optimizer):
    """Steps of constant size along the signs of a moving average of gradients.

    Source: Chen et al. (2023), Symbolic discovery of optimization algorithms.
    """

    beta1: Share = 0.9
    """Weight of the average in the direction of each update."""
    beta2: Share = 0.99
    """Decay of the average after each update."""

    def init(self, theta: Array) -> Memory:
        """The moving average m."""
        return {"m": np.zeros_like(theta)}

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """`theta = theta - lr sign(beta1 m + (1 - beta1) g)`, `m = beta2 m + (1 - beta2) g`."""
        m, theta = memory["m"], parameters.flat
        direction = np.multiply(g, 1 - self.beta1, out=now.scratch("direction", g.shape))
        kept = np.multiply(m, self.beta1, out=now.scratch("kept", g.shape))
        np.add(direction, kept, out=direction)
        np.sign(direction, out=direction)
        np.multiply(direction, self.lr * now.factor, out=direction)
        np.subtract(theta, direction, out=theta)
        np.multiply(m, self.beta2, out=m)
        np.multiply(g, 1 - self.beta2, out=g)
        np.add(m, g, out=m)


PART = Lion
