"""The level of a metric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from overfit.claims.kind import AS, Centred
from overfit.claims.samples import Finding, by_seed
from overfit.claims.shares import one_share
from overfit.claims.verdict import Direction, Way
from overfit.config.deferred import pd
from overfit.config.model import Clash, Number
from overfit.config.names import Grid, Metric, value_mistake
from overfit.metrics.axes import lowered


class Level(Centred):
    """A metric of one variant minus a constant. The effect is the mean difference."""

    level: Metric
    """The metric."""
    value: Number
    """The constant."""
    expect: Direction
    """Where the claim expects the metric: above or below the constant."""

    def reach(self) -> tuple[float, float]:
        """The lowest and the highest value of the metric, minus the constant."""
        low, high = self.wording.bounds
        return low - self.value, high - self.value

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """With those of the constant."""
        if wrong := value_mistake(self.metric, self.value):
            yield wrong, [("value",)]
        else:
            yield from super().mistakes(grid)

    def sample(self, metrics: pd.DataFrame) -> pd.Series[float]:
        """`of` minus the constant, in the metric's unit; of a share `of` itself."""
        values = by_seed(metrics, self.metric, self.of, self.at)
        return values if self.counted else values - self.value

    def judge(self, sample: pd.Series[float], confidence: float) -> Finding:
        """The centre; of a share its exact interval."""
        if self.counted:
            return one_share(sample, self.value, confidence)
        return super().judge(sample, confidence)

    @property
    def counted(self) -> bool:
        """Whether each seed is a 0 or a 1."""
        return self.wording.share and not self.over

    def finds(self, labels: Mapping[str, str], way: Way) -> str:
        """On which side of the constant the metric is."""
        if self.value == 0:
            side = {"above": "positive", "below": "negative", "same": "about 0"}[way]
            verb = self.wording.verb("is", "are")
            return f"With {labels[self.of]}, {lowered(self.wording.subject)} {verb} {side}"
        value = f"{self.wording.value(self.value)} {self.wording.unit}".rstrip()
        return f"With {labels[self.of]}, {lowered(self.wording.compared(way))} {AS[way]} {value}"

    def compares(self, labels: Mapping[str, str]) -> str:
        """The variant and the constant, unless that is 0."""
        wording = self.wording
        if self.value == 0:
            return f"{wording.label}: {labels[self.of]}"
        value = f"{wording.value(self.value)} {wording.unit}".rstrip()
        return f"{wording.label}: {labels[self.of]} minus {value}"
