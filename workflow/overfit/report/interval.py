"""The small plot of an effect: its interval against zero and the margin."""

from __future__ import annotations

import math
from dataclasses import dataclass

WIDTH = 220.0
HEIGHT = 30.0
INSET = 8.0


@dataclass(frozen=True)
class IntervalPlot:
    """Horizontal positions, in the units of the drawing, of everything the plot shows.

    The scale is the row's own: it always holds zero and both margins, so that a verdict can be
    read off; effects of different claims are compared by their numbers, not by their plots.

    Attributes:
        zero: Where the difference is zero.
        margin_low: Lower end of the band of negligible differences.
        margin_high: Its upper end.
        low: Lower end of the confidence interval.
        high: Its upper end.
        estimate: The estimated difference.
        expected_from: Left end of the region in which the claim holds.
        expected_to: Its right end.
    """

    zero: float
    margin_low: float
    margin_high: float
    low: float
    high: float
    estimate: float
    expected_from: float
    expected_to: float
    width: float = WIDTH
    height: float = HEIGHT


def interval_plot(
    estimate: float, low: float, high: float, *, margin: float, expect: str
) -> IntervalPlot | None:
    """Lay out the plot of one effect; None if there is no interval (every seed diverged).

    Args:
        estimate: The difference, in stored units, as are the others.
        low: Lower end of its confidence interval.
        high: Upper end.
        margin: The smallest effect of interest, not negative.
        expect: "above" or "below", the side on which the claim holds.
    """
    values = (estimate, low, high, margin, -margin, 0.0)
    if not all(math.isfinite(value) for value in values):
        return None
    least, span = min(values), max(values) - min(values) or 1.0

    def x(value: float) -> float:
        return round(INSET + (value - least) / span * (WIDTH - 2 * INSET), 2)

    above = expect == "above"
    return IntervalPlot(
        zero=x(0.0),
        margin_low=x(-margin),
        margin_high=x(margin),
        low=x(low),
        high=x(high),
        estimate=x(estimate),
        expected_from=x(margin) if above else 0.0,
        expected_to=WIDTH if above else x(-margin),
    )
