"""The probability of improvement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from overfit.spec.claims.test import Test, same_variant
from overfit.spec.model import Clash, Number
from overfit.spec.names import Grid, Metric, VariantName


class Probability(Test):
    """In what share of the seeds a metric of one variant is above that of another.

    Ties count half. The effect is this share, with Wilson's interval; it is judged against one
    half.
    """

    kind: ClassVar[str] = "probability"

    probability: Metric
    """The metric."""
    minus: VariantName
    """The variant to compare with."""
    expect: Literal["above", "below"]
    """Where the claim expects the share: above or below one half."""
    margin: Number = Field(gt=0, lt=0.5)
    """The smallest distance from one half of interest: 0.2 asks for more than 70% of the seeds."""

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """With that of a variant compared with itself."""
        yield from super().mistakes(grid)
        yield from same_variant(self, self.minus, "minus")
