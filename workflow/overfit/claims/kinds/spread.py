"""How much a metric varies along a grid axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from overfit.claims.kind import Along, Centred
from overfit.claims.samples import along_axis
from overfit.claims.verdict import Direction, Way
from overfit.config.deferred import pd
from overfit.config.names import Metric, VariantName
from overfit.metrics.axes import axis_in_text, quantity_in_text

MORE: Mapping[Way, str] = {"above": "more", "below": "less"}


class Spread(Centred, Along):
    """Whether a metric depends on a grid axis less, or more, with one variant than with another.

    The spread of a seed is the standard deviation of the metric over the points of the axis, all of
    which count the same. The effect is the mean difference of the spreads, `of` minus `minus`.
    """

    noun: ClassVar[str] = "difference of spreads"

    spread: Metric
    """The metric."""
    minus: VariantName
    """The variant to compare with."""
    expect: Direction
    """Where the claim expects the difference of the spreads: above or below 0."""

    def sample(self, metrics: pd.DataFrame) -> pd.Series[float]:
        """The spread of `of` minus that of `minus`. A seed that lacks a point has none."""
        of, minus = (
            along_axis(metrics, self.metric, *spot, self.along).std(axis=1, ddof=1, skipna=False)
            for spot in self.spots()
        )
        return of - minus

    def compares(self, labels: Mapping[str, str]) -> str:
        """Both variants."""
        return (
            f"spread of {self.wording.label.lower()} along {axis_in_text(self.along)}: "
            f"{labels[self.of]} minus {labels[self.minus]}"
        )

    def finds(self, labels: Mapping[str, str], way: Way) -> str:
        """With which variant the metric depends more on the axis."""
        on = f"{self.wording.subject} {self.wording.verb('depends', 'depend')}"
        axis, of, minus = quantity_in_text(self.along), labels[self.of], labels[self.minus]
        if way == "same":
            return f"{on} on the {axis} about as much with {of} as with {minus}"
        return f"{on} {MORE[way]} on the {axis} with {of} than with {minus}"

    def reach(self) -> tuple[float, float]:
        """Half of the values at either end of the metric's range are spread most."""
        low, high = self.wording.bounds
        widest = (high - low) / 2**0.5
        return -widest, widest
