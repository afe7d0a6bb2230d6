"""Optimizers: from gradients to new parameters.

Each works on the whole block of parameters (R, P). Its hyperparameters are numbers, or columns
(R, 1) where replicates differ (see `overfit.nn.stacking`). `factor` is what the learning-rate
schedule says of this update. `theta` is changed in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from overfit.nn.checks import positive
from overfit.nn.scratch import Array, Scratch

State = dict[str, Array]


class Optimizer(Protocol):
    """Turns gradients into steps."""

    @property
    def lr(self) -> float:
        """Learning rate."""
        ...

    def init(self, theta: Array) -> State:
        """What the optimizer remembers between updates, all zeros."""
        ...

    def gradient_scale(self, factor: float) -> Array | float:
        """What the gradient is to be multiplied with before `step` sees it."""
        ...

    def step(
        self, theta: Array, g: Array, state: State, *, t: int, factor: float, scratch: Scratch
    ) -> None:
        """Update `theta` (R, P) and `state` in place; `t` counts updates from 1; `g` is used up."""
        ...


@dataclass(frozen=True)
class SGD:
    """Stochastic gradient descent: `theta = theta - lr g`.

    The factor -lr is folded into the gradient of the logits, a few thousand numbers, rather than
    multiplied into the gradient of every parameter: then the update is one addition.
    """

    lr: float

    def __post_init__(self) -> None:
        positive("lr", self.lr)

    def init(self, theta: Array) -> State:
        """Nothing to remember."""
        return {}

    def gradient_scale(self, factor: float) -> Array | float:
        """-lr."""
        return -self.lr * factor

    def step(
        self, theta: Array, g: Array, state: State, *, t: int, factor: float, scratch: Scratch
    ) -> None:
        """`theta = theta + g`, g being scaled by -lr."""
        np.add(theta, g, out=theta)
