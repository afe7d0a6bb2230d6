"""The location of the optimum along a grid axis."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from overfit.claims.kind import Along, out_of_reach
from overfit.claims.samples import Finding, along_axis, complete, nothing
from overfit.claims.verdict import Direction, Effect, Unit, difference
from overfit.config.model import Clash, Number
from overfit.config.names import Grid, Metric, VariantName
from overfit.metrics.format import setting
from overfit.metrics.resampling import (
    CONFIDENCE,
    RESAMPLES,
    adjusted_level,
    resample_counts,
    resampling_stream,
)
from overfit.metrics.table import Metric as Wording

if TYPE_CHECKING:
    import pandas as pd


EXACT = 13
"""Up to this many seeds, all ways to swap two variants are tried: 2^13 are fewer than 9,999."""
TIE = 1e-9
"""Means that differ by less, in units of the largest, are equally good; places are the same."""


class Location(Along):
    """Where along a grid axis a metric is best.

    The optimum is the axis value at which the mean over seeds is highest or lowest; of several such
    values it is their mean (on the logarithmic scale, their geometric mean). The effect is the
    optimum minus a constant, or minus that of another variant. Its interval is a percentile
    interval over resampled seeds, and no finer than the axis: an effect of just the margin is
    beyond it.
    """

    noun: ClassVar[str] = "difference of places"

    location: Metric
    """The metric."""
    optimum: Literal["highest", "lowest"]
    """Which value is best."""
    value: Number | None = None
    """A constant to compare with, between the ends of the axis; either this or `minus`."""
    minus: VariantName | None = None
    """A variant to compare with; either this or `value`."""
    scale: Literal["linear", "log"] = "linear"
    """How to measure distances: as differences, or in decades as differences of logarithms."""
    expect: Direction
    """Where the claim expects the optimum: above or below the constant or the other variant's."""

    def find(self, metrics: pd.DataFrame, confidence: float = CONFIDENCE) -> Finding:
        """The place of the best seed-averaged metric, minus a constant or minus that of a variant.

        In the axis's unit, or in decades where the scale is logarithmic. The interval is a
        percentile bootstrap interval at the level of `adjusted_level`: whole seeds are drawn, the
        same for both variants. p is that of a permutation test that swaps the variants within
        seeds, or, for a constant, twice the smaller share of resampled places on one side of it, an
        approximation.

        Source: Efron and Tibshirani (1993), An introduction to the bootstrap, chapters 13 and 15.
        """
        curves, points, value = self._curves(metrics)
        n = len(curves[0])
        if n == 0:
            return nothing(0)
        means = [curve.mean(axis=0, keepdims=True) for curve in curves]
        estimate = float(_effect(means, points, value)[0])
        if n == 1:
            return nothing(1, estimate)
        slices = [[counts @ curve / n for curve in curves] for counts in resample_counts(n)]
        resampled = np.concatenate([_effect(means, points, value) for means in slices])
        tail = (1 - adjusted_level(n, confidence)) / 2
        low, high = (float(end) for end in np.quantile(resampled, [tail, 1 - tail]))
        p = _swap_p(curves, points) if self.minus else _bootstrap_p(resampled, points)
        return Finding(estimate, low, high, n, p)

    def compares(self, labels: Mapping[str, str]) -> str:
        """One variant with the constant, or two variants."""
        best = f"where along {self.along} it is {self.optimum}"
        other = labels[self.minus] if self.minus else setting(self.value)
        return f"{self.wording.label}, {best}: {labels[self.of]} minus {other}"

    @classmethod
    def unit(cls, name: str) -> Unit:
        """The unit of the axis, which does not follow from the metric."""
        return Unit(Wording("Place"))

    @property
    def effect(self) -> Effect:
        """A distance around 0, in the unit of the axis or in decades."""
        if self.scale == "log":
            place = Wording("Place", difference_unit="decades", decimals=2)
        else:
            place = Wording("Place", difference_unit=f"in {self.along}")
        return difference(Unit(place), self.margin, self.expect, noun=self.noun, stepwise=True)

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """With those of the constant and of the scale."""
        yield from super().mistakes(grid)
        if self.value is None and self.minus is None:
            yield "has nothing to compare with; write value: NUMBER or minus: VARIANT", [()]
        elif self.value is not None and self.minus is not None:
            yield "value and minus are both given; keep one of them", [("minus",), ("value",)]
        numbers = [p for p in (grid and grid[self.along]) or () if not isinstance(p, bool | str)]
        if not numbers:
            return
        low, high = min(numbers), max(numbers)
        if self.scale == "log" and low <= 0:
            yield (
                f"{self.along} has {low}, which has no logarithm; write scale: linear",
                [("scale",)],
            )
        elif self.value is not None and not low <= self.value <= high:
            yield f"{self.value:g} is outside of the axis, {low:g} to {high:g}", [("value",)]
        elif wrong := out_of_reach(self.expect, self.margin, self._distances(low, high)):
            yield wrong, [("margin",)]

    def _distances(self, low: float, high: float) -> tuple[float, float]:
        """The lowest and the highest effect on an axis from low to high; both can be the margin."""
        value = self.value
        if self.scale == "log":
            low, high = math.log10(low), math.log10(high)
            value = value and math.log10(value)
        slack = TIE * (high - low)
        if value is None:
            return low - high - slack, high - low + slack
        return low - value - slack, high - value + slack

    def _curves(
        self, metrics: pd.DataFrame
    ) -> tuple[list[NDArray[np.float64]], NDArray[np.float64], float]:
        """Per variant, values (n, points) that are best where highest; the points; the constant.

        Seeds come in the order of their values, so that their numbers don't matter.
        """
        tables = [along_axis(metrics, self.metric, *spot, self.along) for spot in self.spots()]
        whole = complete(*tables)
        if self.optimum == "lowest":
            whole = -whole
        whole = whole[np.lexsort(whole.T)]
        points, value = tables[0].columns.to_numpy(float), self.value or 0.0
        if self.scale == "log":
            points, value = np.log10(points), math.log10(value) if value else 0.0
        return np.split(whole, len(tables), axis=1), points, value


def best_places(means: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The point at which each row (k, points) is highest, (k,); the mean of several such points."""
    best = means >= means.max(axis=1, keepdims=True) - TIE * abs(means).max()
    return (best * points).sum(axis=1) / best.sum(axis=1)


def _effect(
    means: Sequence[NDArray[np.float64]], points: NDArray[np.float64], value: float
) -> NDArray[np.float64]:
    """The place of one curve minus that of the other, or minus the constant."""
    places = [best_places(curve, points) for curve in means]
    return places[0] - (places[1] if len(places) > 1 else value)


def _swap_p(curves: Sequence[NDArray[np.float64]], points: NDArray[np.float64]) -> float:
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
    apart = abs(best_places(one, points) - best_places(other, points))
    return float((apart >= apart[0] - TIE * np.ptp(points)).mean())


def _bootstrap_p(resampled: NDArray[np.float64], points: NDArray[np.float64]) -> float:

    sides = ((sign * resampled <= TIE * np.ptp(points)).sum() + 1 for sign in (1, -1))
    return min(1.0, 2 * float(min(sides)) / (RESAMPLES + 1))
