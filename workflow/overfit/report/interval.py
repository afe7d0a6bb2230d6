"""The small plot of an effect: its interval against no effect and the margin."""

from __future__ import annotations

import math
from dataclasses import dataclass

from overfit.claims.verdict import Effect

WIDTH = 220.0
HEIGHT = 30.0
INSET = 8.0


@dataclass(frozen=True)
class IntervalPlot:
    """Horizontal positions, in the units of the drawing, of everything the plot shows.

    The scale is the row's own: it always holds no effect and both margins, so that a verdict can be
    read off; effects of different claims are compared by their numbers, not by their plots.

    Attributes:
        null: Where no effect is.
        margin_low: Lower end of the band of negligible effects.
        margin_high: Its upper end.
        low: Lower end of the confidence interval.
        high: Its upper end.
        estimate: The estimated effect.
        expected_from: Left end of the region in which the claim holds.
        expected_to: Its right end.
        within: Whether that region is the band itself.
    """

    null: float
    margin_low: float
    margin_high: float
    low: float
    high: float
    estimate: float
    expected_from: float
    expected_to: float
    within: bool
    width: float = WIDTH
    height: float = HEIGHT


def interval_plot(estimate: float, low: float, high: float, of: Effect) -> IntervalPlot | None:
    """Lay out the plot of one effect; None if there is no interval (every seed diverged).

    Args:
        estimate: The effect, in stored units, as are the others.
        low: Lower end of its confidence interval.
        high: Upper end.
        of: What it is an effect of, with its margin and where no effect is.
    """
    if not all(math.isfinite(value) for value in (estimate, low, high)):
        return None
    null, least, most = (of.scaled(value) for value in (of.null, *of.band))
    estimate, low, high = (of.scaled(value) for value in (estimate, low, high))
    values = (estimate, low, high, null, least, most)
    start, span = min(values), max(values) - min(values)

    def x(value: float) -> float:
        return round(INSET + (value - start) / span * (WIDTH - 2 * INSET), 2)

    ends = [
        0.0 if end == -math.inf else WIDTH if end == math.inf else x(of.scaled(end))
        for end in of.expected
    ]
    return IntervalPlot(
        null=x(null),
        margin_low=x(least),
        margin_high=x(most),
        low=x(low),
        high=x(high),
        estimate=x(estimate),
        expected_from=ends[0],
        expected_to=ends[1],
        within=of.side == "within",
    )
