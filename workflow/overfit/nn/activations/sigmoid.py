"""The activation `sigmoid`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overfit.nn.activations import Activation
from overfit.nn.memory import Array, Scratch


@dataclass(frozen=True)
class Sigmoid(Activation):
    """1 / (1 + exp(-x)).

    `dy/dx = y (1 - y)`. Computed as `(1 + tanh(x / 2)) / 2`, which does not overflow for any x.
    """

    def value(self, x: Array, out: Array, scratch: Scratch) -> Array:
        """`(1 + tanh(x / 2)) / 2`."""
        np.multiply(x, 0.5, out=out)
        np.tanh(out, out=out)
        np.add(out, 1, out=out)
        return np.multiply(out, 0.5, out=out)

    def slope(self, x: Array, y: Array, out: Array, scratch: Scratch) -> Array:
        """`y (1 - y)`."""
        np.subtract(1, y, out=out)
        return np.multiply(out, y, out=out)


PART = Sigmoid
