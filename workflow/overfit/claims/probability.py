"""The probability of improvement."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from overfit.claims.finding import Finding, nothing
from overfit.claims.resampling import CONFIDENCE
from overfit.claims.samples import two_sides, without_noise
from overfit.claims.verdict import verdict


def find(metrics: pd.DataFrame, test: Mapping[str, Any]) -> Finding:
    """The share of seeds in which `of` is above `minus`; ties count half.

    It is judged by its distance from one half. p is that of the two-sided sign test, which leaves
    ties out.
    """
    from scipy import stats

    sides = two_sides(metrics, test["probability"], test)
    pairs = without_noise(pd.concat(sides, axis=1).dropna().to_numpy(float))
    n = len(pairs)
    above, below = (int(np.sum(sign * (pairs[:, 0] - pairs[:, 1]) > 0)) for sign in (1, -1))
    wins = above + (n - above - below) / 2
    if n < 2:
        return nothing(n, wins / n if n else math.nan)
    low, high = wilson(wins, n)
    return Finding(
        estimate=wins / n,
        low=low,
        high=high,
        n=n,
        p=float(stats.binomtest(above, above + below).pvalue) if above + below else 1.0,
        verdict=verdict(low - 0.5, high - 0.5, margin=test["margin"], expect=test["expect"]),
    )


def wilson(wins: float, n: int) -> tuple[float, float]:
    """95% interval of a share: all values that a score test does not reject.

    `(w + z^2/2 ± z sqrt(w (n - w) / n + z^2/4)) / (n + z^2)` with w of n and the normal quantile z.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    from scipy import special

    z = float(special.ndtri((1 + CONFIDENCE) / 2))
    reach = z * math.sqrt(wins * (n - wins) / n + z**2 / 4)
    centre = wins + z**2 / 2
    return (centre - reach) / (n + z**2), (centre + reach) / (n + z**2)
