"""Optimizers: from gradients to new parameters. A file for each, or for a family, with `PART`.

Each works on the whole block of parameters (R, P), theta. Its hyperparameters are numbers, or
columns (R, 1) where replicates differ (see `overfit.nn.memory.stacked`). g is the gradient. theta
and the memory are changed in place, in the order of operations of PyTorch, with which the tests
compare.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import numpy as np
from annotated_types import Gt, Le

from overfit.nn.checks import Part
from overfit.nn.memory import Array, Parameters, Scratch

Memory = dict[str, Array]


class Update(NamedTuple):
    """Which update it is."""

    t: int
    """Its number, from 1."""
    factor: float
    """The factor by which the learning-rate schedule multiplies the learning rate."""
    scratch: Scratch
    """Memory for the step."""


@dataclass(frozen=True)
class Optimizer(Part, ABC):
    """Turns gradients into steps."""

    lr: Annotated[float, Gt(0), Le(1000)]
    """Learning rate."""

    @abstractmethod
    def init(self, theta: Array) -> Memory:
        """What the optimizer remembers between updates, all zeros."""

    def gradient_scale(self, factor: float) -> Array | float:
        """What the gradient is multiplied with before `step` gets it: 1 for the plain gradient."""
        return 1.0

    @abstractmethod
    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """Update `parameters` and `memory` in place; `g` is used up."""

    def _descend(self, theta: Array, direction: Array, factor: float, step: Array) -> None:
        """`theta = theta - lr direction`; the step is made in `step`, which may be `direction`."""
        np.multiply(direction, self.lr * factor, out=step)
        np.subtract(theta, step, out=theta)
