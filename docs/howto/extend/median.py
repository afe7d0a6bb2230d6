"""The kind of claim `median`: workflow/overfit/claims/kinds/median.py."""

from __future__ import annotations

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

    def sample(self, metrics: pd.DataFrame) -> pd.Series[float]:
        """`of` minus `minus` by seed, in the metric's unit."""
        from overfit.claims.samples import differences

        return differences(metrics, self.metric, *self.spots())

    def judge(self, sample: pd.Series[float], confidence: float) -> Finding:
        """The median, the interval between two of the differences, and one-sided sign tests."""
        from scipy import stats

        from overfit.claims.samples import Finding, nothing

        d, n = sample.sort_values().to_numpy(), len(sample)
        # Fewer than `rank` of n differences are below the median in 2.5 % of the cases at most.
        rank = int(stats.binom.ppf((1 - confidence) / 2, n, 0.5)) if n else 0
        if rank == 0:
            return nothing(n, sample.median())

        def above(bound: float) -> float:
            return float(stats.binom.sf((d > bound).sum() - 1, n, 0.5))

        def below(bound: float) -> float:
            return float(stats.binom.sf((d < bound).sum() - 1, n, 0.5))

        return Finding(sample.median(), float(d[rank - 1]), float(d[n - rank]), n, above, below)
