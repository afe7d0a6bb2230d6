"""The optimizer `sgd`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from overfit.nn.memory import Array, Parameters
from overfit.nn.optimizers import Memory, Optimizer, Update


@dataclass(frozen=True)
class SGD(Optimizer):
    """Stochastic gradient descent.

    `theta = theta - lr g`. The factor -lr is applied to the gradient of the logits, a few thousand
    numbers, rather than to the gradient of every parameter. The update is then one addition.
    """

    brief: ClassVar[str] = ""  # the default is not in run ids

    def init(self, theta: Array) -> Memory:
        """Nothing to remember."""
        return {}

    def gradient_scale(self, factor: float) -> Array | float:
        """-lr."""
        return -self.lr * factor

    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """`theta = theta + g`; g already contains the factor -lr."""
        np.add(parameters.flat, g, out=parameters.flat)


PART = SGD
