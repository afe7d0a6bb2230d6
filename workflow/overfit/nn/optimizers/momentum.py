"""The optimizers `momentum` and `nesterov`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overfit.nn.checks import Share
from overfit.nn.memory import Array, Parameters
from overfit.nn.optimizers import Memory, Optimizer, Update


@dataclass(frozen=True)
class Momentum(Optimizer):
    """Steps along a decaying sum of gradients.

    `v = momentum v + g`, `theta = theta - lr v`.
    Deep Learning from Scratch, 6.1.4, includes lr in v, which is the same while lr is constant.

    Source: Polyak (1964), Some methods of speeding up the convergence of iteration methods.
    """

    momentum: Share = 0.9
    """Decay of the sum of gradients in each update."""

    def init(self, theta: Array) -> Memory:
        """The velocity v."""
        return {"v": np.zeros_like(theta)}

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """See the class."""
        v = memory["v"]
        np.multiply(v, self.momentum, out=v)
        np.add(v, g, out=v)
        self._descend(parameters.flat, v, now.factor, step=g)


@dataclass(frozen=True)
class Nesterov(Momentum):
    """Momentum that looks ahead.

    `v = momentum v + g`, `theta = theta - lr (g + momentum v)`.

    Source: Sutskever et al. (2013), On the importance of initialization and momentum.
    """

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """See the class."""
        v = memory["v"]
        np.multiply(v, self.momentum, out=v)
        np.add(v, g, out=v)
        ahead = np.multiply(v, self.momentum, out=now.scratch("ahead", v.shape))
        np.add(g, ahead, out=g)
        self._descend(parameters.flat, g, now.factor, step=g)


PART = {"momentum": Momentum, "nesterov": Nesterov}
