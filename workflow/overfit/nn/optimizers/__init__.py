"""Optimizers: from gradients to new parameters. One file per optimizer or family, with `PART`.

Each updates the whole block of parameters theta (R, P), given the gradient g. Its hyperparameters
are numbers, or columns (R, 1) if replicates differ (see `overfit.nn.memory.stacked`). It changes
theta and its memory in place, with PyTorch's order of operations; tests compare the two.
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
    """The number of the current update, its learning-rate factor and memory."""

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
        """The optimizer's memory between updates, initially all zeros."""

    def gradient_scale(self, factor: float) -> Array | float:
        """The factor of the gradient that `step` gets: 1 for the plain gradient."""
        return 1.0

    @abstractmethod
    def step(self, parameters: Parameters, g: Array, memory: Memory, now: Update) -> None:
        """Update `parameters` and `memory` in place; `g` may be overwritten."""

    def _descend(self, theta: Array, direction: Array, factor: float, step: Array) -> None:
        """`theta = theta - lr direction`; uses the memory `step`, which may be `direction`."""
        np.multiply(direction, self.lr * factor, out=step)
        np.subtract(theta, step, out=theta)
