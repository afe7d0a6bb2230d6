"""The activation `tanh`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overfit.nn.activations import Activation
from overfit.nn.memory import Array, Scratch


@dataclass(frozen=True)
class Tanh(Activation):
    """The hyperbolic tangent.

    `dy/dx = 1 - y^2`.
    """

    def value(self, x: Array, out: Array, scratch: Scratch) -> Array:
        """`tanh(x)`."""
        return np.tanh(x, out=out)

    def slope(self, x: Array, y: Array, out: Array, scratch: Scratch) -> Array:
        """`1 - y^2`."""
        np.multiply(y, y, out=out)
        return np.subtract(1, out, out=out)


PART = Tanh
