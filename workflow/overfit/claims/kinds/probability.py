"""The probability of improvement."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from overfit.claims.kind import Minus, sides
from overfit.claims.samples import Finding, by_seed, nothing, side_by_side, without_noise
from overfit.claims.verdict import Direction, Effect, Unit, Way
from overfit.config.deferred import pd, special
from overfit.config.model import Number
from overfit.config.names import Metric
from overfit.metrics.resampling import CONFIDENCE
from overfit.metrics.table import Metric as Wording


class Probability(Minus):
    """In what share of the seeds a metric of one variant is above that of another.

    Ties count half. The effect is this share, with Wilson's interval; it is judged against one
    half.
    """

    noun: ClassVar[str] = "share"

    probability: Metric
    """The metric."""
    expect: Direction
    """Where the claim expects the share: above or below one half."""
    margin: Number = Field(gt=0, lt=0.5)
    """The smallest distance from one half of interest: 0.2 requires more than 70% of the seeds."""

    def too_few(self, n: int) -> str | None:
        """If even a side that is above in all seeds has an interval that begins too low."""
        needed = next((k for k in range(n, 10_001) if wilson(k, k)[0] > 0.5 + self.margin), None)
        if needed == n:
            return None
        advice = f"{needed} are needed" if needed else "write a smaller margin"
        return f"the claim can't come true with {n} seeds, even if all agree; {advice}"

    def sample(self, metrics: pd.DataFrame) -> pd.DataFrame:
        """`of` and `minus`."""
        return side_by_side(*(by_seed(metrics, self.metric, *spot) for spot in self.spots()))

    def judge(self, sample: pd.DataFrame, confidence: float) -> Finding:
        """The share of seeds in which `of` is above `minus`; ties count half.

        The tests are the score tests that Wilson's interval inverts.
        """
        n, pairs = len(sample), without_noise(sample.to_numpy(float))
        above, below = (int(np.sum(sign * (pairs[:, 0] - pairs[:, 1]) > 0)) for sign in (1, -1))
        wins = above + (n - above - below) / 2
        if n < 2:
            return nothing(n, wins / n if n else math.nan)
        low, high = wilson(wins, n, confidence)
        return Finding(
            wins / n,
            low,
            high,
            n,
            above=lambda bound: _score_tail(wins / n - bound, n, bound),
            below=lambda bound: _score_tail(bound - wins / n, n, bound),
        )

    def finds(self, labels: Mapping[str, str], way: Way) -> str:
        """On which side the metric is higher, in most seeds."""
        of, minus = sides(labels, *self.spots())
        if way == "same":
            return f"{self.wording.compared('above')} with {of} than with {minus} as often as not"
        return f"{self.wording.compared(way)} with {of} than with {minus} in most seeds"

    def amount(self, estimate: float, low: float, high: float) -> str:
        """In how many of the seeds it is as `finds` says."""
        if estimate < 0.5:
            estimate, low, high = 1 - estimate, 1 - high, 1 - low
        unit = self.effect.unit
        return f"in {unit.text(estimate)} {unit.interval(low, high)} % of them"

    def compares(self, labels: Mapping[str, str]) -> str:
        """Both sides."""
        of, minus = sides(labels, *self.spots())
        return f"{self.wording.label}: share of seeds with {of} above {minus}"

    @classmethod
    def unit(cls, name: str) -> Unit:
        """Percent of the seeds."""
        share = Wording("Share of seeds", "%", difference_unit="%", factor=100.0, decimals=0)
        return Unit(share, signed=False)

    @property
    def effect(self) -> Effect:
        """A share around one half."""
        unit, margin = self.unit(self.metric), self.margin
        points = f"{unit.wording.value(margin)} points"
        return Effect(unit, 0.5, (0.5 - margin, 0.5 + margin), self.expect, points, noun=self.noun)


def wilson(wins: float, n: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Interval of a share: all values that a score test does not reject.

    `(w + z^2/2 ± z sqrt(w (n - w) / n + z^2/4)) / (n + z^2)` with w of n and the normal quantile z.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    z = float(special.ndtri((1 + confidence) / 2))
    reach = z * math.sqrt(wins * (n - wins) / n + z**2 / 4)
    centre = wins + z**2 / 2
    return (centre - reach) / (n + z**2), (centre + reach) / (n + z**2)


def _score_tail(distance: float, n: int, share: float) -> float:
    """How often a share of n seeds is so far on one side of the true share."""
    return float(special.ndtr(-distance / math.sqrt(share * (1 - share) / n)))
