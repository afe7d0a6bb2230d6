"""The kind of claim `median`: workflow/overfit/claims/kinds/median.py."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from overfit.claims.kind import Minus
from overfit.claims.verdict import Direction
from overfit.config.names import Metric

if TYPE_CHECKING:
    import pandas as pd

    from overfit.claims.samples import Finding


class Median(Minus):
    """The median difference between two variants, seed by seed.

    A seed that fails changes it less than the mean. The interval is that of the sign test: its ends
    are two of the differences. With fewer than six seeds there is no interval.

    Source: Conover (1999), Practical nonparametric statistics, section 3.2.
    """

    noun: ClassVar[str] = "median difference"

    median: Metric
    """The metric to compare."""
    expect: Direction
    """Whether the claim expects a median difference above or below 0."""

    def find(self, metrics: pd.DataFrame, confidence: float = 0.95) -> Finding:
        """The median over seeds of `of` minus `minus`, in the metric's unit."""
        import numpy as np
        from scipy import stats

        from overfit.claims.samples import Finding, ascending, differences

        d = ascending(differences(metrics, self.metric, *self.spots()))
        n = len(d)
        # Fewer than `rank` of n differences are below the median in 2.5 % of the cases at most.
        rank = int(stats.binom.ppf((1 - confidence) / 2, n, 0.5)) if n else 0
        low, high = (d[rank - 1], d[n - rank]) if rank else (math.nan, math.nan)
        above, below = int(np.sum(d > 0)), int(np.sum(d < 0))
        p = stats.binomtest(above, above + below).pvalue if above + below else math.nan
        estimate = float(np.median(d)) if n else math.nan
        return Finding(estimate, float(low), float(high), n, float(p))
