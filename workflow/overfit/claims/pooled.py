"""Random-effects means of an effect over replications."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

Z = 1.959963984540054
"""The 97.5% quantile of the standard normal distribution."""


class Pooled(NamedTuple):
    """A mean over replications, whose true effects may differ."""

    mean: float
    low: float
    high: float
    """Ends of its 95% interval."""
    tau: float
    """Standard deviation of the true effects."""
    i2: float
    """Share of the variation between effects that chance doesn't explain, from 0 to 1."""


def pooled(effects: Sequence[float], errors: Sequence[float]) -> Pooled | None:
    """The mean of k effects with weights `1 / (s_i^2 + tau^2)`; None without any.

    `Q = sum w_i (y_i - m)^2` with `w_i = 1 / s_i^2` and their weighted mean m;
    `tau^2 = max(0, (Q - (k - 1)) / (sum w_i - sum w_i^2 / sum w_i))`, and
    `I^2 = max(0, (Q - (k - 1)) / Q)`.

    Source: DerSimonian and Laird (1986), Meta-analysis in clinical trials; Higgins and Thompson
    (2002), Quantifying heterogeneity in a meta-analysis.

    Args:
        effects: y_i.
        errors: their standard errors s_i, above 0.
    """
    if not effects:
        return None
    w = [1 / error**2 for error in errors]
    fixed = sum(a * y for a, y in zip(w, effects, strict=True)) / sum(w)
    q = sum(a * (y - fixed) ** 2 for a, y in zip(w, effects, strict=True))
    excess = max(0.0, q - (len(w) - 1)) if len(w) > 1 else 0.0
    spread = sum(w) - sum(a * a for a in w) / sum(w)
    tau2 = excess / spread if excess else 0.0
    w = [1 / (error**2 + tau2) for error in errors]
    mean = sum(a * y for a, y in zip(w, effects, strict=True)) / sum(w)
    half = Z / math.sqrt(sum(w))
    return Pooled(mean, mean - half, mean + half, math.sqrt(tau2), excess / q if excess else 0.0)
