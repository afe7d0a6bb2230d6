"""The penalty `lp`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Ge, Gt, Le

from overfit.nn.checks import NonNegative, Part
from overfit.nn.memory import Array, Scratch

SMALLEST = 1e-15
"""The smallest `smoothing`: squares of smaller numbers are 0 in float32."""


@dataclass(frozen=True)
class Lp(Part):
    """`lp / p sum |W|^p`, gradient `lp sign(W) |W|^(p - 1)`, which is 0 at 0.

    For p < 1 the slope is infinite at 0, so |W| is smoothed to `sqrt(W^2 + smoothing^2)`: then the
    gradient is `lp W (W^2 + smoothing^2)^(p/2 - 1)`. p = 1 is L1, p = 2 is L2.

    Source: Frank and Friedman (1993), A statistical view of some chemometrics regression tools
    (bridge regression).
    """

    label: ClassVar[str] = "Lp"

    p: Annotated[float, Gt(0), Le(100)] | None = field(default=None, metadata={"examples": [0.5]})
    """The power of `lp`."""
    lp: NonNegative = field(default=0.0, metadata={"examples": [0.1]})
    """Adds lp / p times the sum of the weights' absolute values to the power of p to the loss."""
    smoothing: Annotated[float, Ge(SMALLEST), Le(1)] = 1e-3
    """For p below 1, replaces absolute values by sqrt(w^2 + smoothing^2), which is smooth at 0."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lp and self.p is None:
            raise ValueError("lp needs a power p, such as p: 0.5")

    @property
    def unused(self) -> tuple[str, ...]:
        """Settings that change nothing."""
        return ("smoothing",) if self.p is not None and self.p >= 1 else ()

    def value(self, weights: Array) -> Array:
        """`lp / p sum |W|^p`, smoothed where p < 1."""
        squares = np.square(weights, dtype=float) + self._softening()
        p = np.asarray(self.p, float)
        _raise(squares, p / 2)
        return self.lp / p * np.sum(squares, axis=1, keepdims=True)

    def add_gradient(
        self, weights: Array, gradient: Array, scale: Array | float, scratch: Scratch
    ) -> None:
        """Add `scale` times the gradient."""
        term = scratch("penalty", weights.shape)
        p = np.asarray(self.p)
        smooth = p < 1
        np.abs(weights, out=term)
        softening = np.asarray(self._softening(), term.dtype).ravel()
        for row, added in zip(term, np.broadcast_to(softening, len(term)), strict=True):
            if added:
                np.square(row, out=row)
                np.add(row, added, out=row)
                np.sqrt(row, out=row)
        # |W|^(p-1) sign(W), or W |W|^(p-2) with the smoothed |W|, which is never 0.
        _raise(term, np.asarray(p - np.where(smooth, 2, 1), term.dtype))
        factor = scratch("factor", weights.shape)
        np.sign(weights, out=factor)
        np.copyto(factor, weights, where=smooth)
        np.multiply(term, factor, out=term)
        np.multiply(term, scale * np.asarray(self.lp, term.dtype), out=term)
        np.add(gradient, term, out=gradient)

    def _softening(self) -> Array:
        return np.where(np.asarray(self.p) < 1, np.square(self.smoothing), 0.0)


def _raise(base: Array, exponent: Array) -> None:
    """`base ** exponent` in place, one replicate at a time.

    NumPy uses squares and roots if the exponent is the number 2 or 0.5, but not for a column of
    exponents. Computed at once, the last bits of a replicate would depend on the stack.
    """
    for row, power in zip(base, np.broadcast_to(exponent.ravel(), len(base)), strict=True):
        np.power(row, power, out=row)


PART = Lp
