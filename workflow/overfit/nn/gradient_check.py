"""Analytic against numerical gradients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from overfit.nn.memory import Array


def numerical_gradient(function: Callable[[], float], x: Array, step: float = 1e-5) -> Array:
    """Gradient of `function()` with respect to `x` by central differences.

    `df/dx_i = (f(x + h e_i) - f(x - h e_i)) / 2h`, with an error of order h^2. `function` must
    read `x`, a float64 array, which is changed in place, one element at a time, and restored.
    """
    if x.dtype != np.float64:
        raise ValueError(f"x is {x.dtype}; central differences need float64")
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + step
        above = function()
        x[index] = kept - step
        below = function()
        x[index] = kept
        gradient[index] = (above - below) / (2 * step)
    return gradient


def relative_error(analytic: Array, numerical: Array) -> float:
    """`max |a - n| / max(|a|, |n|)`: the largest difference, relative to the largest gradient."""
    scale = max(np.abs(analytic).max(), np.abs(numerical).max())
    if scale == 0:
        return 0.0
    return float(np.abs(analytic - numerical).max() / scale)
