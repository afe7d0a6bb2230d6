"""The difference between two variants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from overfit.spec.claims.test import Test, same_variant
from overfit.spec.model import Clash
from overfit.spec.names import Grid, Metric, VariantName


class Difference(Test):
    """A metric of one variant minus that of another, seed by seed.

    The effect is the mean difference.
    """

    kind: ClassVar[str] = "difference"

    difference: Metric
    """The metric."""
    minus: VariantName
    """The variant to compare with."""
    expect: Literal["above", "below"]
    """Where the claim expects the difference: above or below 0."""

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """With that of a variant compared with itself."""
        yield from super().mistakes(grid)
        yield from same_variant(self, self.minus, "minus")
