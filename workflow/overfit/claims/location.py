"""Where along a grid axis the optimum lies."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from overfit.claims.finding import Finding, nothing
from overfit.claims.resampling import (
    RESAMPLES,
    adjusted_level,
    resample_counts,
    resampling_stream,
)
from overfit.claims.samples import along_axis
from overfit.claims.verdict import verdict

EXACT = 13
"""Up to so many seeds all ways to swap two variants are tried: 2^13 are fewer than 9,999."""
TIE = 1e-9
"""Means that differ by less, in units of the largest, are equally good; places are the same."""

Curves = NDArray[np.float64]
Places = NDArray[np.float64]


def find(metrics: pd.DataFrame, test: Mapping[str, Any]) -> Finding:
    """The place of the best seed-averaged metric, minus a constant or minus that of a variant.

    In the axis's unit, or in decades where the scale is logarithmic. The interval is a percentile
    bootstrap interval at the level of `adjusted_level`: whole seeds are drawn, the same for both
    variants. p is that of a permutation test that swaps the variants within seeds, or, for a
    constant, twice the smaller share of resampled places on one side of it, an approximation.

    Source: Efron and Tibshirani (1993), An introduction to the bootstrap, chapters 13 and 15.
    """
    curves, points, value = _curves(metrics, test)
    n = len(curves[0])
    if n == 0:
        return nothing(0)
    estimate = float(_effect([c.mean(axis=0, keepdims=True) for c in curves], points, value)[0])
    if n == 1:
        return nothing(1, estimate)
    slices = [[counts @ c / n for c in curves] for counts in resample_counts(n)]
    resampled = np.concatenate([_effect(means, points, value) for means in slices])
    tail = (1 - adjusted_level(n)) / 2
    low, high = (float(end) for end in np.quantile(resampled, [tail, 1 - tail]))
    return Finding(
        estimate=estimate,
        low=low,
        high=high,
        n=n,
        p=_swap_p(curves, points) if "minus" in test else _bootstrap_p(resampled, points),
        verdict=verdict(low, high, margin=test["margin"], expect=test["expect"]),
    )


def _curves(metrics: pd.DataFrame, test: Mapping[str, Any]) -> tuple[list[Curves], Places, float]:
    """Of each variant what is best where it is highest (n, points); the points; the constant.

    Seeds come in the order of their values, so that their numbers don't matter.
    """
    name, at, axis = test["location"], test.get("at", {}), test["along"]
    variants = [test[side] for side in ("of", "minus") if side in test]
    tables = [along_axis(metrics, name, variant, at, axis) for variant in variants]
    whole = pd.concat(tables, axis=1).dropna().to_numpy(float)
    if test["optimum"] == "lowest":
        whole = -whole
    whole = whole[np.lexsort(whole.T)]
    points, value = tables[0].columns.to_numpy(float), test.get("value")
    if test.get("scale") == "log":
        points, value = np.log10(points), value and math.log10(value)
    return np.split(whole, len(variants), axis=1), points, value or 0.0


def best_places(means: Curves, points: Places) -> Places:
    """The point at which each row (k, points) is highest, (k,); the mean of several such points."""
    best = means >= means.max(axis=1, keepdims=True) - TIE * np.abs(means).max()
    return (best * points).sum(axis=1) / best.sum(axis=1)


def _effect(means: Sequence[Curves], points: Places, value: float) -> Places:
    """The place of one curve minus that of the other, or minus the constant."""
    places = [best_places(curve, points) for curve in means]
    return places[0] - (places[1] if len(places) > 1 else value)


def _swap_p(curves: Sequence[Curves], points: Places) -> float:
    """Share of the ways to swap the variants within seeds that put them as far apart."""
    n = len(curves[0])
    if n <= EXACT:
        swaps = np.array(list(itertools.product([0.0, 1.0], repeat=n)))
    else:  # the swap of nothing is among them, so that p is never 0
        swaps = resampling_stream(n).integers(0, 2, (RESAMPLES + 1, n)).astype(float)
        swaps[0] = 0
    total, change = curves[0] + curves[1], curves[1] - curves[0]
    one = (curves[0].sum(axis=0) + swaps @ change) / n
    other = total.sum(axis=0) / n - one
    apart = np.abs(best_places(one, points) - best_places(other, points))
    return float((apart >= apart[0] - TIE * np.ptp(points)).mean())


def _bootstrap_p(resampled: Places, points: Places) -> float:
    sides = ((sign * resampled <= TIE * np.ptp(points)).sum() + 1 for sign in (1, -1))
    return min(1.0, 2 * float(min(sides)) / (RESAMPLES + 1))
