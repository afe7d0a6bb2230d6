"""What is found about a claim."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overfit.claims.resampling import mean_intervals, sign_flip_p
from overfit.claims.verdict import Expectation, Verdict, verdict


@dataclass(frozen=True)
class Finding:
    """The effect that a claim is about, in the unit of its kind, and what follows from it.

    Attributes:
        estimate: the effect; NaN without seeds.
        low: lower end of its 95% interval; NaN for fewer than two seeds.
        high: upper end.
        n: seeds that were used.
        p: see the kind; NaN where nothing was tested.
        verdict: what the interval decides.
    """

    estimate: float
    low: float
    high: float
    n: int
    p: float
    verdict: Verdict


def nothing(n: int, estimate: float = math.nan) -> Finding:
    """What fewer than two seeds tell."""
    return Finding(estimate, math.nan, math.nan, n, math.nan, "inconclusive")


def of_mean(differences: NDArray[np.float64], margin: float, expect: Expectation) -> Finding:
    """The mean of differences (n,) and whether it lies on the expected side of 0.

    The interval is that of `mean_intervals`, p that of the two-sided sign-flip test.
    """
    n = len(differences)
    low, high = mean_intervals([differences])[0]
    return Finding(
        estimate=float(differences.mean()) if n else math.nan,
        low=float(low),
        high=float(high),
        n=n,
        p=sign_flip_p(differences),
        verdict=verdict(low, high, margin=margin, expect=expect),
    )
