"""The points of a grid axis on an axis of a figure: linear, logarithmic, or at equal distances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator

from overfit.figures.theme import INK, MUTED
from overfit.figures.wording import value_text
from overfit.metrics.format import power_of_ten

CHARACTER = 0.062
"""Inches; the width of a character of a tick label."""


@dataclass(frozen=True)
class PointScale:
    """Where points stand, and what is written below them.

    Attributes:
        points: as the grid has them, in any order.
        kind: `linear`, `log` or `even`.
        positions: of each point, in the coordinates of the axis.
    """

    points: tuple[Any, ...]
    kind: str
    positions: tuple[float, ...]

    @property
    def order(self) -> list[int]:
        """The indices of the points from the left to the right."""
        return [int(i) for i in np.argsort(self.positions, kind="stable")]

    def apply(self, axes: Axes, inches: float) -> None:
        """Set scale, limits and ticks of the x axis of a panel that is `inches` wide."""
        low, high = min(self.positions), max(self.positions)
        if self.kind == "log":
            axes.set_xscale("log")
            pad = (high / low) ** 0.04 if high > low else 2.0
            axes.set_xlim(low / pad, high * pad)
        else:
            pad = 0.04 * (high - low) or 0.5
            axes.set_xlim(low - pad, high + pad)
        ticks, texts = self._ticks(inches)
        axes.set_xticks(ticks, texts)
        axes.xaxis.set_minor_locator(NullLocator())
        if self.kind == "log" and 0 in self.points:
            self._mark_the_break(axes)

    def _ticks(self, inches: float) -> tuple[list[float], list[str]]:
        places = np.asarray(self.positions)
        on_axis = np.log(places) if self.kind == "log" else places
        positive = [point for point in self.points if self.kind == "log" and point > 0]
        if positive and max(positive) / min(positive) >= 1000:
            return self._decades(positive, inches)
        span = float(np.ptp(on_axis)) or 1.0
        shown: list[int] = []
        texts = [value_text(point) for point in self.points]
        right = -np.inf
        for i in self.order:
            middle = inches * 0.92 * (on_axis[i] - on_axis.min()) / span
            half = CHARACTER * (len(texts[i]) + 1) / 2
            if middle - half >= right:
                shown.append(i)
                right = middle + half
        return [self.positions[i] for i in shown], [texts[i] for i in shown]

    def _decades(self, positive: Sequence[float], inches: float) -> tuple[list[float], list[str]]:
        first, last = np.ceil(np.log10(min(positive)) - 1e-9), np.log10(max(positive)) + 1e-9
        exponents = np.arange(int(first), int(np.floor(last)) + 1)
        step = int(np.ceil(len(exponents) * 5 * CHARACTER / inches))
        shown = exponents[::step]
        ticks = [10.0 ** float(exponent) for exponent in shown]
        texts = [power_of_ten(int(exponent)) for exponent in shown]
        if 0 in self.points:
            return [self.positions[self.points.index(0)], *ticks], ["0", *texts]
        return ticks, texts

    def _mark_the_break(self, axes: Axes) -> None:
        """Two strokes on the x axis between 0 and the first positive point."""
        zero = min(self.positions)
        first = min(position for position in self.positions if position > zero)
        for shift in (0.47, 0.53):
            axes.plot(
                zero ** (1 - shift) * first**shift,
                0,
                marker=((-1.0, -2.0), (1.0, 2.0)),
                ms=6,
                mew=0.8,
                color=MUTED,
                mec=INK,
                transform=axes.get_xaxis_transform(),
                clip_on=False,
                zorder=5,
                gid="break",
            )


def point_scale(points: Sequence[Any], kind: str = "auto") -> PointScale:
    """The scale of points.

    `auto` is `even` unless all are numbers, `log` where positive points have more equal ratios than
    differences, else `linear`. On a logarithmic scale, 0 stands a typical ratio left of the
    smallest other point.
    """
    chosen = _suited(points) if kind == "auto" else kind
    if chosen == "even":
        return PointScale(tuple(points), chosen, tuple(float(i) for i in range(len(points))))
    numbers = [float(point) for point in points]
    if chosen == "log" and 0 in numbers:
        positive = sorted(number for number in numbers if number)
        ratio = (positive[-1] / positive[0]) ** (1 / max(1, len(positive) - 1))
        zero = positive[0] / min(max(ratio, 2.0), 10.0)
        numbers = [number or zero for number in numbers]
    return PointScale(tuple(points), chosen, tuple(numbers))


def _suited(points: Sequence[Any]) -> str:
    if not all(isinstance(p, int | float) and not isinstance(p, bool) for p in points):
        return "even"
    ascending = np.sort(np.asarray(points, float))
    positive = ascending[ascending > 0]
    if ascending[0] < 0 or len(positive) < 3:
        return "linear"
    return "log" if _unevenness(np.log(positive)) < _unevenness(ascending) else "linear"


def _unevenness(ascending: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """The standard deviation of the distances over their mean."""
    distances = np.diff(ascending)
    return round(float(distances.std() / distances.mean()), 6)
