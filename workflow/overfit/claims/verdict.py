"""The rule by which an interval decides on a claim."""

from __future__ import annotations

import math
from typing import Literal

Verdict = Literal["supported", "contradicted", "negligible", "inconclusive"]
Expectation = Literal["above", "below"]

DECIMALS = 12
"""Bounds are compared after rounding to this many decimals: 0.92 - 0.90 is not beyond 0.02."""


def verdict(low: float, high: float, *, margin: float, expect: Expectation) -> Verdict:
    """Judge a claim by the interval of a difference; the first of these that holds.

    1. supported: the whole interval lies beyond the margin in the expected direction;
    2. contradicted: the whole interval lies beyond 0 in the other direction;
    3. negligible: the whole interval lies within plus or minus the margin, bounds included;
    4. inconclusive: anything else, and where there is no interval.

    A bound exactly on the margin or on 0 does not lie beyond it.

    Args:
        low: lower end of the 95% interval, in the metric's unit.
        high: its upper end.
        margin: the smallest difference of interest, above 0, in the same unit.
        expect: the side of 0 on which the claim expects the difference.
    """
    if math.isnan(low) or math.isnan(high):
        return "inconclusive"
    if expect == "below":
        low, high = -high, -low
    low, high, margin = (round(bound, DECIMALS) for bound in (low, high, margin))
    if low > margin:
        return "supported"
    if high < 0:
        return "contradicted"
    if -margin <= low and high <= margin:
        return "negligible"
    return "inconclusive"


def equivalence_verdict(low: float, high: float, *, margin: float) -> Verdict:
    """Judge a claim of equivalence by the interval of a difference.

    1. supported: the whole interval lies within plus or minus the margin, bounds included;
    2. contradicted: the whole interval lies beyond the margin, on either side;
    3. inconclusive: anything else, and where there is no interval.

    Args:
        low: lower end of the 95% interval, in the metric's unit.
        high: its upper end.
        margin: the smallest difference of interest, above 0, in the same unit.
    """
    if math.isnan(low) or math.isnan(high):
        return "inconclusive"
    low, high, margin = (round(bound, DECIMALS) for bound in (low, high, margin))
    if -margin <= low and high <= margin:
        return "supported"
    if low > margin or high < -margin:
        return "contradicted"
    return "inconclusive"
