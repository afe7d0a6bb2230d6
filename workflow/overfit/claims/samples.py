"""The samples behind claims: a metric of each seed at one place on the grid, and its effect."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from overfit.claims.best import split, winners
from overfit.claims.places import Spot
from overfit.config.deferred import pd
from overfit.metrics.resampling import (
    CONFIDENCE,
    Sample,
    binomial_tail,
    iqm_interval,
    mean_intervals,
    median_interval,
    t_tail,
    trimmed,
)

Statistic = Literal["mean", "median", "iqm"]
Tail = Callable[[float], float]
"""The p-value of a one-sided test against a bound."""


def _untested(bound: float) -> float:
    return math.nan


@dataclass(frozen=True)
class Finding:
    """The effect of a claim, in the unit of its kind.

    Attributes:
        estimate: the effect; NaN without seeds.
        low: lower end of its interval; NaN for fewer than two seeds.
        high: upper end.
        n: number of seeds that were used.
        above: the p-value of the test that the effect is above a bound; NaN if it is not tested.
        below: the p-value of the test that it is below a bound.
    """

    estimate: float
    low: float
    high: float
    n: int
    above: Tail = _untested
    below: Tail = _untested


def nothing(n: int, estimate: float = math.nan) -> Finding:
    """The result with fewer than two seeds."""
    return Finding(estimate, math.nan, math.nan, n)


def centre(
    sample: ArrayLike, statistic: Statistic = "mean", confidence: float = CONFIDENCE
) -> Finding:
    """The centre of a sample (n,) with its interval and tests.

    * `mean`: the interval is that of `mean_intervals`, the tests are t tests.
    * `iqm`: the interquartile mean, the mean without the lowest and the highest n // 4 values, with
      the interval of `iqm_interval` and its t tests.
    * `median`: with the interval of `median_interval`, and the sign tests that it inverts.

    Equal values have no spread for a t test, so they are tested by the sign test, whose p is at
    least 2^-n.
    """
    ascending = np.sort(np.asarray(sample, float))
    n = len(ascending)
    if n < 2:
        return nothing(n, float(ascending[0]) if n else math.nan)
    if statistic == "median":
        low, high = median_interval(ascending, confidence)
        return _signs(ascending, Finding(float(np.median(ascending)), low, high, n))
    if statistic == "iqm":
        estimate, error, freedom = trimmed(ascending)
        low, high = iqm_interval(ascending, confidence)
    else:
        # ascending, so that the order of seeds does not change the last bit of a sum
        estimate, freedom = float(ascending.mean()), n - 1
        error = float(ascending.std(ddof=1)) / math.sqrt(n)
        low, high = (float(end) for end in mean_intervals([ascending], confidence)[0])
    found = Finding(estimate, low, high, n)
    if low == high:
        return _signs(ascending, found)
    return replace(
        found,
        above=lambda bound: t_tail((estimate - bound) / error, freedom),
        below=lambda bound: t_tail((bound - estimate) / error, freedom),
    )


def _signs(ascending: Sample, found: Finding) -> Finding:
    """The finding with sign tests, for which a value at the bound is on the wrong side."""
    n = len(ascending)
    return replace(
        found,
        above=lambda bound: binomial_tail(int(np.sum(ascending > bound)), n),
        below=lambda bound: binomial_tail(int(np.sum(ascending < bound)), n),
    )


def by_seed(
    metrics: pd.DataFrame, metric: str, variant: str, at: Mapping[str, Any]
) -> pd.Series[float]:
    """A metric of a variant by seed, averaged over the grid axes that `at` doesn't name.

    A seed without a value at one of their points has no average: NaN.
    """
    rows = rows_at(metrics, variant, at)
    grouped = rows[rows["metric"] == metric].groupby("seed")["value"]
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
    rows = rows_at(metrics, variant, at)
    grouped = rows[rows["metric"] == metric].groupby(["seed", axis])["value"]
    return grouped.mean().where(grouped.count() == grouped.size()).unstack(axis)


def side_by_side(*parts: pd.Series[float] | pd.DataFrame) -> pd.DataFrame:
    """The values of several sides, one row per seed."""
    return pd.concat(parts, axis=1)


def without_noise(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values rounded so that noise in their last digits decides no comparison: 0.3 - 0.1 is 0.2."""
    finite = np.abs(values[np.isfinite(values)])
    scale = finite.max() if finite.size and finite.max() > 0 else 1.0
    return (values / scale).round(12)


def rows_at(metrics: pd.DataFrame, variant: str, at: Mapping[str, Any]) -> pd.DataFrame:
    """All metrics of a variant at points on some axes, each given or chosen by the seed."""
    fixed, best = split(at)
    here = metrics["variant"] == variant
    for axis, point in fixed.items():
        here &= metrics[axis] == point
    rows = metrics[here]
    return rows.merge(winners(rows, best)) if best else rows
