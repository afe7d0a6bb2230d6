"""The activation `gelu`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from overfit.nn.activations import Activation
from overfit.nn.memory import Array, Scratch


@dataclass(frozen=True)
class GELU(Activation):
    """x times the normal distribution function of x.

    `y = x Phi(x)`; `dy/dx = Phi(x) + x phi(x)`.

    Source: Hendrycks and Gimpel (2016), Gaussian error linear units.
    """

    label: ClassVar[str] = "GELU"
    slope_needs_input: ClassVar[bool] = True

    def value(self, x: Array, out: Array, scratch: Scratch) -> Array:
        """`x Phi(x)`."""
        return np.multiply(x, self._distribution(x, out), out=out)

    def slope(self, x: Array, y: Array, out: Array, scratch: Scratch) -> Array:
        """`Phi(x) + x exp(-x^2 / 2) / sqrt(2 pi)`."""
        density = scratch("density", x.shape)
        np.multiply(x, x, out=density)
        np.multiply(density, -0.5, out=density)
        np.exp(density, out=density)
        np.multiply(density, 1 / math.sqrt(2 * math.pi), out=density)
        np.multiply(density, x, out=density)
        return np.add(self._distribution(x, out), density, out=out)

    def _distribution(self, x: Array, out: Array) -> Array:
        """`Phi(x) = (1 + erf(x / sqrt 2)) / 2`."""
        from scipy.special import erf  # takes 0.1 s, longer than some whole jobs

        np.multiply(x, math.sqrt(0.5), out=out)
        erf(out, out=out)
        np.add(out, 1, out=out)
        return np.multiply(out, 0.5, out=out)


PART = GELU
