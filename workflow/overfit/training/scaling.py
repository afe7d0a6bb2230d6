"""How stored values become inputs, and standardization, which learns it from training examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.nn.scratch import Array

ROWS = 1024
"""Rows that are held as float64 at once."""


@dataclass(frozen=True)
class Scaling:
    """An input is `(value - offset) * factor`.

    Both are one number for all features, or an array (d,) with one for each.
    """

    factor: float | Array
    offset: float | Array = 0.0

    def apply(self, values: NDArray[Any], out: Array) -> None:
        """Write the inputs of `values` (n, d) into `out` (n, d); both may be the same array."""
        if np.ndim(self.offset) == 0 and self.offset == 0:
            np.multiply(values, self._like(self.factor, out), out=out)
            return
        np.subtract(values, self._like(self.offset, out), out=out)
        np.multiply(out, self._like(self.factor, out), out=out)

    @staticmethod
    def _like(numbers: float | Array, out: Array) -> Any:
        return np.asarray(numbers, out.dtype)


@dataclass(frozen=True)
class Moments:
    """Mean and variance (biased) of each feature (d,), and which features are constant."""

    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    constant: NDArray[np.bool_]

    @classmethod
    def of(cls, values: NDArray[Any], rows: NDArray[np.integer[Any]]) -> Moments:
        """Those of these rows of `values` (N, d): no other row is looked at.

        Two passes, the second over what is left after the mean has gone, so that nothing cancels.
        Rows are read a thousand at a time.
        """
        pieces = [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)]
        total = sum(values[piece].sum(axis=0, dtype=np.float64) for piece in pieces)
        lowest = np.min([values[piece].min(axis=0) for piece in pieces], axis=0)
        highest = np.max([values[piece].max(axis=0) for piece in pieces], axis=0)
        mean = np.asarray(total / len(rows))
        squares = sum(((values[piece] - mean) ** 2).sum(axis=0) for piece in pieces)
        return cls(mean, np.asarray(squares / len(rows)), lowest == highest)

    def per_feature(self, scale: float) -> Scaling:
        """Each feature with mean 0 and standard deviation 1.

        A feature that is constant has no deviation to divide by: it is centred, and multiplied with
        `scale` as without standardization.
        """
        deviation = np.where(self.constant, 1 / scale, np.sqrt(self.variance))
        return Scaling((1 / deviation).astype(np.float32), self.mean.astype(np.float32))

    def overall(self, scale: float) -> Scaling:
        """All values together with mean 0 and standard deviation 1: features keep their contrast.

        Var = mean of the variances + variance of the means, as features have equally many values.
        """
        mean = self.mean.mean()
        variance = self.variance.mean() + self.mean.var()
        constant = self.constant.all() and (self.mean == self.mean[0]).all()
        return Scaling(float(scale if constant else 1 / np.sqrt(variance)), float(mean))
