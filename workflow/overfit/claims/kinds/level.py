"""The level of a metric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from overfit.claims.kind import Test
from overfit.claims.samples import Finding, ascending, by_seed, of_mean
from overfit.claims.verdict import Direction
from overfit.config.model import Clash, Number
from overfit.config.names import Grid, Metric, value_mistake
from overfit.metrics.resampling import CONFIDENCE

if TYPE_CHECKING:
    import pandas as pd


class Level(Test):
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

    def find(self, metrics: pd.DataFrame, confidence: float = CONFIDENCE) -> Finding:
        """The mean over seeds of `of` minus the constant, in the metric's unit."""
        return of_mean(
            ascending(by_seed(metrics, self.metric, self.of, self.at) - self.value), confidence
        )

    def compares(self, labels: Mapping[str, str]) -> str:
        """The variant and the constant."""
        wording = self.wording
        value = f"{wording.value(self.value)} {wording.unit}".rstrip()
        return f"{wording.label}: {labels[self.of]} minus {value}"
