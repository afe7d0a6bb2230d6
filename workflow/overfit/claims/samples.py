"""The samples behind claims: a metric of each seed at one place on the grid, and its effect."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from overfit.claims.places import Spot
from overfit.metrics.resampling import CONFIDENCE, mean_intervals, sign_flip_p

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Finding:
    """The effect that a claim is about, in the unit of its kind.

    Attributes:
        estimate: the effect; NaN without seeds.
        low: lower end of its interval; NaN for fewer than two seeds.
        high: upper end.
        n: number of seeds that were used.
        p: p-value of the kind's test; NaN if nothing was tested.
    """

    estimate: float
    low: float
    high: float
    n: int
    p: float


def nothing(n: int, estimate: float = math.nan) -> Finding:
    """The result with fewer than two seeds."""
    return Finding(estimate, math.nan, math.nan, n, math.nan)


def of_mean(sample: NDArray[np.float64], confidence: float = CONFIDENCE) -> Finding:
    """The mean of a sample (n,), with its interval.

    The interval is that of `mean_intervals`, p that of the two-sided sign-flip test of a mean of 0.
    """
    low, high = mean_intervals([sample], confidence)[0]
    return Finding(
        estimate=float(sample.mean()) if len(sample) else math.nan,
        low=float(low),
        high=float(high),
        n=len(sample),
        p=sign_flip_p(sample),
    )


def by_seed(
    metrics: pd.DataFrame, metric: str, variant: str, at: Mapping[str, Any]
) -> pd.Series[float]:
    """A metric of a variant by seed, averaged over the grid axes that `at` doesn't name.

    A seed without a value at one of their points has no average: NaN.
    """
    grouped = _at(metrics, metric, variant, at).groupby("seed")["value"]
    return grouped.mean().where(grouped.count() == grouped.size())


def differences(metrics: pd.DataFrame, metric: str, of: Spot, minus: Spot) -> pd.Series[float]:
    """A metric at one spot minus that at another, by seed."""
    return by_seed(metrics, metric, *of) - by_seed(metrics, metric, *minus)


def along_axis(
    metrics: pd.DataFrame, metric: str, variant: str, at: Mapping[str, Any], axis: str
) -> pd.DataFrame:
    """A metric of a variant: one row per seed, one column per point of an axis, ascending.

    It is averaged over all other axes that `at` doesn't name; see `by_seed`.
    """
    grouped = _at(metrics, metric, variant, at).groupby(["seed", axis])["value"]
    return grouped.mean().where(grouped.count() == grouped.size()).unstack(axis)


def complete(*parts: pd.Series[float] | pd.DataFrame) -> NDArray[np.float64]:
    """The seeds that have all of these values, a row for each (n, values)."""
    import pandas as pd  # here, because reading a configuration would wait 0.3 s for it

    return pd.concat(parts, axis=1).dropna().to_numpy(float)


def ascending(values: pd.Series[float]) -> NDArray[np.float64]:
    """The values that exist, (n,), sorted, so that the order of seeds is forgotten."""
    return np.sort(values.dropna().to_numpy(float))


def without_noise(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values without their last digits, which decide on no order: 0.3 - 0.1 is 0.2."""
    finite = np.abs(values[np.isfinite(values)])
    scale = finite.max() if finite.size and finite.max() > 0 else 1.0
    return (values / scale).round(12)


def _at(metrics: pd.DataFrame, metric: str, variant: str, at: Mapping[str, Any]) -> pd.DataFrame:
    chosen = (metrics["metric"] == metric) & (metrics["variant"] == variant)
    for axis, point in at.items():
        chosen &= metrics[axis] == point
    return metrics[chosen]
