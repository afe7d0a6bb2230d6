"""The optimizer `rmsprop`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overfit.nn.checks import Epsilon, Share
from overfit.nn.memory import Array, Parameters
from overfit.nn.optimizers import Memory, Optimizer, Update


@dataclass(frozen=True)
class RMSProp(Optimizer):
    """Divides by the root of a moving average of squared gradients.

    `h = decay h + (1 - decay) g^2`, `theta = theta - lr g / (sqrt(h) + eps)`.

    Source: Tieleman and Hinton (2012), Lecture 6.5, rmsprop.
    """

    decay: Share = 0.99
    """Decay of the average of squared gradients in each update."""
    eps: Epsilon = 1e-8
    """Added to the divisor."""

    def init(self, theta: Array) -> Memory:
        """The moving average of squares h."""
        return {"h": np.zeros_like(theta)}

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """See the class."""
        h = memory["h"]
        root = np.multiply(g, g, out=now.scratch("root", g.shape))
        np.multiply(root, 1 - self.decay, out=root)
        np.multiply(h, self.decay, out=h)
        np.add(h, root, out=h)
        np.sqrt(h, out=root)
        np.add(root, self.eps, out=root)
        np.divide(g, root, out=g)
        self._descend(parameters.flat, g, now.factor, step=g)


PART = RMSProp
