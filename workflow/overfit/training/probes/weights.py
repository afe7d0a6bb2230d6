"""The distribution of the weights of each affine layer, without biases, gamma and beta.

For each layer, with its n weights W (in, out):

* `q00, q01, q05, q25, q50, q75, q95, q99, q100`: quantiles of W in percent, interpolated linearly
  between the order statistics (Hyndman and Fan (1996), Sample quantiles, definition 7);
* `l2_norm`: `sqrt(sum W^2)`; `rms`: `l2_norm / sqrt(n)`;
* `zeros`: share of weights that are exactly 0; `small`: share with `|w| < 1e-3`, including zeros;
* `max_column_norm`: the largest norm of a unit's incoming weights, `max_j sqrt(sum_i W_ij^2)`,
  which a max-norm constraint limits.

For layer 0, all weights of the network: `l2_norm`, `rms`, `zeros` and `small`, from the sums and
counts of the layers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from overfit.metrics.table import Metric, Quantity, percentage
from overfit.nn.memory import Array
from overfit.training.probes import Measurement, Snapshot

PERCENT = (0, 1, 5, 25, 50, 75, 95, 99, 100)
SMALL = 1e-3
QUANTITIES = {
    "l2_norm": Quantity(Metric("Norm of the weights"), positive=True, whole=True),
    "rms": Quantity(Metric("Root mean square weight"), positive=True, whole=True),
    "zeros": Quantity(percentage("Exact zeros"), whole=True),
    "small": Quantity(percentage(f"Weights below {SMALL}"), whole=True),
    "max_column_norm": Quantity(Metric("Largest norm of a unit's weights"), positive=True),
    **{
        f"q{percent:02d}": Quantity(Metric(f"{percent}\N{NO-BREAK SPACE}% quantile of the weights"))
        for percent in PERCENT
    },
    "q00": Quantity(Metric("Smallest weight")),
    "q50": Quantity(Metric("Median weight")),
    "q100": Quantity(Metric("Largest weight")),
}


def measure(snapshot: Snapshot) -> Iterator[Measurement]:
    """See the module."""
    whole = np.zeros(4)
    for layer, W in snapshot.weights():
        # One sort gives all quantiles and shares, five times as fast as np.quantile.
        ascending = np.sort(W, axis=None)
        for percent in PERCENT:
            yield Measurement(layer, f"q{percent:02d}", _quantile(ascending, percent / 100))
        squares = np.einsum("ij,ij->j", W, W, dtype=np.float64)
        just_below = np.nextafter(W.dtype.type(SMALL), W.dtype.type(0))
        zeros = _count_between(ascending, 0, 0)
        small = _count_between(ascending, -just_below, just_below)
        sums = np.array([W.size, squares.sum(), zeros, small])
        yield from _shares(layer, *sums.tolist())
        yield Measurement(layer, "max_column_norm", math.sqrt(squares.max()))
        whole += sums
    yield from _shares(0, *whole.tolist())


def _shares(
    layer: int, size: float, square: float, zeros: float, small: float
) -> Iterator[Measurement]:
    """Norms and shares of `size` weights, from their sum of squares and two counts."""
    yield Measurement(layer, "l2_norm", math.sqrt(square))
    yield Measurement(layer, "rms", math.sqrt(square) / math.sqrt(size))
    yield Measurement(layer, "zeros", zeros / size)
    yield Measurement(layer, "small", small / size)


def _quantile(ascending: Array, q: float) -> float:
    position = q * (len(ascending) - 1)
    below = math.floor(position)
    low, high = float(ascending[below]), float(ascending[math.ceil(position)])
    return low + (high - low) * (position - below)


def _count_between(ascending: Array, low: float, high: float) -> int:
    """The number of x with `low <= x <= high`."""
    limits = np.asarray([low, high], ascending.dtype)  # else all would become float64
    start = ascending.searchsorted(limits[0], side="left")
    stop = ascending.searchsorted(limits[1], side="right")
    return int(stop - start)
