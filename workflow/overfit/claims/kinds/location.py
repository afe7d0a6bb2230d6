"""The location of the optimum along a grid axis."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from overfit.claims.kind import AS, Along, out_of_reach
from overfit.claims.samples import Finding, along_axis, nothing, side_by_side
from overfit.claims.verdict import Direction, Effect, Unit, Way, difference
from overfit.config.deferred import pd
from overfit.config.model import Clash, Number
from overfit.config.names import Grid, Metric, VariantName
from overfit.metrics.axes import axis_in_text
from overfit.metrics.format import setting
from overfit.metrics.resampling import adjusted_level, resample_counts, resampled_tail
from overfit.metrics.table import Metric as Wording

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

    def sample(self, metrics: pd.DataFrame) -> pd.DataFrame:
        """The metric at each point of the axis, of one variant or of both side by side."""
        sides = [along_axis(metrics, self.metric, *spot, self.along) for spot in self.spots()]
        return side_by_side(*sides)

    def judge(self, sample: pd.DataFrame, confidence: float) -> Finding:
        """The place of the best seed-averaged metric, minus a constant or minus that of a variant.

        In the axis's unit, or in decades where the scale is logarithmic. The interval is a
        percentile bootstrap interval at the level of `adjusted_level`: whole seeds are drawn, the
        same for both variants. p is the share of resampled places that are not beyond the bound, on
        the scale on which this interval has its level.

        Source: Efron and Tibshirani (1993), An introduction to the bootstrap, chapter 13.
        """
        curves, points, value = self._curves(sample)
        n = len(sample)
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
        slack = TIE * np.ptp(points)
        return Finding(
            estimate,
            low,
            high,
            n,
            above=lambda bound: resampled_tail(int(np.sum(resampled <= bound + slack)), n),
            below=lambda bound: resampled_tail(int(np.sum(resampled >= bound - slack)), n),
        )

    def finds(self, labels: Mapping[str, str], way: Way) -> str:
        """On which side the optimum is."""
        words = {"above": "at a higher", "below": "at a lower", "same": "at about the same"}
        other = f"with {labels[self.minus]}" if self.minus else setting(self.value)
        metric, axis = self.wording, axis_in_text(self.along)
        best = f"{metric.subject} {metric.verb('is', 'are')} {self.optimum} {words[way]} {axis}"
        return f"{best} with {labels[self.of]} {AS[way]} {other}"

    def compares(self, labels: Mapping[str, str]) -> str:
        """One variant with the constant, or two variants."""
        best = f"where along {axis_in_text(self.along)} it is {self.optimum}"
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
            place = Wording("Place", difference_unit=f"in {axis_in_text(self.along)}")
        return difference(
            Unit(place), self.margin, self.expect, noun=self.noun, stepwise=True, movable=True
        )

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
        self, sample: pd.DataFrame
    ) -> tuple[list[NDArray[np.float64]], NDArray[np.float64], float]:
        """Per variant, values (n, points) that are best where highest; the points; the constant.

        Seeds come in the order of their values, so that their numbers don't matter.
        """
        whole = sample.to_numpy(float)
        if self.optimum == "lowest":
            whole = -whole
        whole = whole[np.lexsort(whole.T)]
        sides = len(self.spots())
        points, value = sample.columns.to_numpy(float), self.value or 0.0
        points = points[: len(points) // sides]
        if self.scale == "log":
            points, value = np.log10(points), math.log10(value) if value else 0.0
        return np.split(whole, sides, axis=1), points, value


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
