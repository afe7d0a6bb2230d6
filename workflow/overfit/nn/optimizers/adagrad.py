"""The optimizer `adagrad`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overfit.nn.checks import Epsilon
from overfit.nn.memory import Array, Parameters
from overfit.nn.optimizers import Memory, Optimizer, Update


@dataclass(frozen=True)
class AdaGrad(Optimizer):
    """Divides by the root of the sum of squared gradients.

    `h = h + g^2`, `theta = theta - lr g / (sqrt(h) + eps)`.

    Source: Duchi, Hazan, Singer (2011), Adaptive subgradient methods for online learning.
    """

    eps: Epsilon = 1e-10
    """Added to the divisor."""

    def init(self, theta: Array) -> Memory:
        """The sum of squares h."""
        return {"h": np.zeros_like(theta)}

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """See the class."""
        h = memory["h"]
        root = np.multiply(g, g, out=now.scratch("root", g.shape))
        np.add(h, root, out=h)
        np.sqrt(h, out=root)
        np.add(root, self.eps, out=root)
        np.divide(g, root, out=g)
        self._descend(parameters.flat, g, now.factor, step=g)


PART = AdaGrad
