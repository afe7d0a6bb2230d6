"""Penalties on the weights, apart from the layers.

A penalty is added to the mean loss of the batch, so its strength does not depend on the batch size:
`L = mean_B L_data + penalty(W)`. It applies to weights only, not to biases, gamma or beta.
Strengths are numbers, or columns (R, 1) where replicates differ (see `overfit.nn.stacking`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from overfit.nn.checks import not_negative, positive
from overfit.nn.scratch import Array, Scratch


class Penalty(Protocol):
    """A function of the weights that is added to the loss."""

    def value(self, weights: Array) -> Array:
        """The penalty of each replicate, shape (R, 1), for weights (R, n)."""
        ...

    def add_gradient(
        self, weights: Array, gradient: Array, scale: Array | float, scratch: Scratch
    ) -> None:
        """Add `scale` times the gradient at `weights` to `gradient` (R, n), in place."""
        ...


@dataclass(frozen=True)
class L2:
    """`l2 / 2 sum W^2`, gradient `l2 W`; with SGD also called weight decay.

    Source: Deep Learning from Scratch, 6.4.2.
    """

    l2: float

    def __post_init__(self) -> None:
        not_negative("l2", self.l2)

    def value(self, weights: Array) -> Array:
        """`l2 / 2 sum W^2`."""
        return self.l2 / 2 * np.sum(np.square(weights, dtype=float), axis=1, keepdims=True)

    def add_gradient(
        self, weights: Array, gradient: Array, scale: Array | float, scratch: Scratch
    ) -> None:
        """Add `scale l2 W`."""
        term = np.multiply(weights, scale * self.l2, out=scratch("penalty", weights.shape))
        np.add(gradient, term, out=gradient)


@dataclass(frozen=True)
class L1:
    """`l1 sum |W|`, subgradient `l1 sign(W)`, which is 0 at 0.

    Steps along the subgradient jump over 0; `ProximalL1` reaches it.
    Source: Tibshirani (1996), Regression shrinkage and selection via the lasso.
    """

    l1: float

    def __post_init__(self) -> None:
        not_negative("l1", self.l1)

    def value(self, weights: Array) -> Array:
        """`l1 sum |W|`."""
        return self.l1 * np.sum(np.abs(weights), axis=1, keepdims=True, dtype=float)

    def add_gradient(
        self, weights: Array, gradient: Array, scale: Array | float, scratch: Scratch
    ) -> None:
        """Add `scale l1 sign(W)`."""
        term = np.sign(weights, out=scratch("penalty", weights.shape))
        np.multiply(term, scale * self.l1, out=term)
        np.add(gradient, term, out=gradient)


def elastic_net(l1: float, l2: float) -> tuple[L1, L2]:
    """`l1 sum |W| + l2 / 2 sum W^2`: both penalties at once.

    Source: Zou and Hastie (2005), Regularization and variable selection via the elastic net.
    """
    return L1(l1), L2(l2)


@dataclass(frozen=True)
class Lp:
    """`lp / p sum |W|^p`, gradient `lp sign(W) |W|^(p - 1)`, which is 0 at 0.

    For p < 1 the slope is infinite at 0, so |W| is smoothed to `sqrt(W^2 + smoothing^2)`: then the
    gradient is `lp W (W^2 + smoothing^2)^(p/2 - 1)`. p = 1 is L1, p = 2 is L2.

    Source: Frank and Friedman (1993), A statistical view of some chemometrics regression tools
    (bridge regression).
    """

    p: float
    lp: float
    smoothing: float = 1e-3

    def __post_init__(self) -> None:
        positive("p", self.p)
        not_negative("lp", self.lp)
        if not self.smoothing >= 1e-15:
            raise ValueError(
                f"smoothing is {self.smoothing}; it must be at least 1e-15: float32 takes the "
                "square of less for 0"
            )

    def value(self, weights: Array) -> Array:
        """`lp / p sum |W|^p`, smoothed where p < 1."""
        squares = np.square(weights, dtype=float) + self._softening()
        _raise(squares, np.asarray(self.p) / 2)
        return self.lp / self.p * np.sum(squares, axis=1, keepdims=True)

    def add_gradient(
        self, weights: Array, gradient: Array, scale: Array | float, scratch: Scratch
    ) -> None:
        """Add `scale` times the gradient."""
        term = scratch("penalty", weights.shape)
        smooth = np.asarray(self.p) < 1
        np.multiply(weights, weights, out=term)
        np.add(term, np.asarray(self._softening(), term.dtype), out=term)
        np.sqrt(term, out=term)
        # |W|^(p-1) sign(W), or W |W|^(p-2) with the smoothed |W|, which is never 0.
        _raise(term, np.asarray(self.p - np.where(smooth, 2, 1), term.dtype))
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

    NumPy squares, or takes the root, where the exponent is one number, 2 or 0.5, but not where it
    is a column: done at once, a replicate alone would differ from one in a stack in the last bits.
    """
    for row, power in zip(base, np.broadcast_to(exponent.ravel(), len(base)), strict=True):
        np.power(row, power, out=row)
