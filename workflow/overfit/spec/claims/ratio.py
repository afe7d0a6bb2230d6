"""The ratio of two variants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from overfit.spec.claims.test import Test, same_variant
from overfit.spec.model import Clash, Number
from overfit.spec.names import Grid, PositiveMetric, VariantName


class Ratio(Test):
    """How many times a metric of one variant is that of another, seed by seed.

    The effect is the geometric mean of the ratios. It is judged on the logarithmic scale, on which
    half and twice are equally far from 1. A seed with a metric of 0 has no ratio and is left out.
    """

    kind: ClassVar[str] = "ratio"

    ratio: PositiveMetric
    """The metric; one that can't be 0 or negative."""
    to: VariantName
    """The variant to compare with, below the line."""
    expect: Literal["above", "below"]
    """Where the claim expects the ratio: above or below 1."""
    margin: Number = Field(gt=0)
    """The smallest effect of interest as a fraction: 0.1 is a factor of 1.1 either way."""

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """With that of a variant compared with itself."""
        yield from super().mistakes(grid)
        yield from same_variant(self, self.to, "to")
