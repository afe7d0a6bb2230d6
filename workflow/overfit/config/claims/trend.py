"""The trend along a grid axis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from overfit.config.claims.along import Along
from overfit.config.claims.test import same_variant
from overfit.config.model import Clash, Number
from overfit.config.names import Grid, Metric, VariantName


class Trend(Along):
    """Whether a metric rises or falls along a grid axis.

    The effect is the mean over seeds of Kendall's tau-b between the metric and the axis: 1 if it
    never falls, -1 if it never rises, 0 if it is as often higher as lower, or constant.
    """

    kind: ClassVar[str] = "trend"

    trend: Metric
    """The metric."""
    minus: VariantName | None = None
    """A variant to subtract first: the trend of the difference."""
    expect: Literal["increasing", "decreasing"]
    """The direction that the claim expects, along rising values of the axis."""
    margin: Number = Field(gt=0, lt=1)
    """The smallest tau of interest."""

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """With that of a variant compared with itself."""
        yield from super().mistakes(grid)
        yield from same_variant(self, self.minus, "minus")
