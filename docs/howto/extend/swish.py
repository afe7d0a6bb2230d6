"""The activation `swish`: workflow/overfit/nn/activations/swish.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Gt, Le

from overfit.nn.activations import Activation
from overfit.nn.memory import Array, Scratch


@dataclass(frozen=True)
class Swish(Activation):
    """x / (1 + exp(-beta x)): smooth, and negative for negative x.

    Source: Ramachandran, Zoph, Le (2017), Searching for activation functions.
    """

    slope_needs_input: ClassVar[bool] = True

    beta: Annotated[float, Gt(0), Le(100)] = 1.0
    """Sharpness of the bend: near 0 the function is almost linear, for large values almost ReLU."""

    def value(self, x: Array, out: Array, scratch: Scratch) -> Array:
        """`x s`, with `s = 1 / (1 + exp(-beta x))`."""
        return np.multiply(x, self._sigmoid(x, out), out=out)

    def slope(self, x: Array, y: Array, out: Array, scratch: Scratch) -> Array:
        """`s + beta y (1 - s)`."""
        s = self._sigmoid(x, scratch("sigmoid", x.shape))
        np.subtract(1, s, out=out)
        np.multiply(out, y, out=out)
        np.multiply(out, self.beta, out=out)
        return np.add(out, s, out=out)

    def _sigmoid(self, x: Array, out: Array) -> Array:
        """As `(1 + tanh(beta x / 2)) / 2`, which does not overflow."""
        np.multiply(x, self.beta / 2, out=out)
        np.tanh(out, out=out)
        np.add(out, 1, out=out)
        return np.multiply(out, 0.5, out=out)


PART = Swish
