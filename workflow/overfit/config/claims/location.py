"""Where along a grid axis the optimum lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from overfit.config.claims.along import Along
from overfit.config.claims.test import same_variant
from overfit.config.model import Clash, Number
from overfit.config.names import Grid, Metric, VariantName


class Location(Along):
    """Where along a grid axis a metric is best.

    That is the axis value at which its mean over seeds is highest or lowest, the mean of the values
    if it is so at several (on the logarithmic scale their geometric mean). The effect is it minus a
    constant, or minus that of another variant. Its interval is a percentile interval over resampled
    seeds, and no finer than the axis.
    """

    kind: ClassVar[str] = "location"

    location: Metric
    """The metric."""
    optimum: Literal["highest", "lowest"]
    """What is best."""
    value: Number | None = None
    """A constant to compare with, between the ends of the axis; either this or `minus`."""
    minus: VariantName | None = None
    """A variant to compare with; either this or `value`."""
    scale: Literal["linear", "log"] = "linear"
    """How far apart two values are: their difference, or that of their logarithms in decades."""
    expect: Literal["above", "below"]
    """Where the claim expects the optimum: above or below the constant or the other variant's."""

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """With those of the constant and of the scale."""
        yield from super().mistakes(grid)
        yield from same_variant(self, self.minus, "minus")
        if self.value is None and self.minus is None:
            yield "compares with nothing; write value: NUMBER or minus: VARIANT", [()]
        elif self.value is not None and self.minus is not None:
            yield "value and minus are both given; take one of them out", [("minus",), ("value",)]
        numbers = [p for p in (grid and grid[self.along]) or () if not isinstance(p, bool | str)]
        if not numbers:
            return
        low, high = min(numbers), max(numbers)
        if self.scale == "log" and low <= 0:
            yield f"log of {low}, which is on {self.along}; write scale: linear", [("scale",)]
        if self.value is not None and not low <= self.value <= high:
            yield f"{self.value:g} is beyond the axis, {low:g} to {high:g}", [("value",)]
