"""The interaction of two choices: a difference of differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from overfit.claims.kind import Centred, named, with_itself
from overfit.claims.places import ALL, At, Over, Place, Spot, place_mistakes
from overfit.claims.samples import differences
from overfit.claims.verdict import Direction, Way
from overfit.config.deferred import pd
from overfit.config.model import Clash, Model
from overfit.config.names import Grid, Metric, VariantName
from overfit.metrics.axes import lowered


class Versus(Model):
    """The difference to compare with; it inherits what it leaves out from the test."""

    of: VariantName | None = None
    """The variant."""
    minus: VariantName | None = None
    """The variant to compare it with."""
    at: At | None = None
    """Other points on grid axes, over those of the test."""
    over: Over | None = None
    """Other grid axes to average over."""


class Interaction(Centred):
    """The difference of two differences, seed by seed.

    It is `of` minus `minus`, minus the same difference of `versus`. With other variants in `versus`
    it shows whether two parts do more together than apart; with another point, whether an effect
    depends on where on the grid you measure it. The effect is the mean of these differences.
    """

    noun: ClassVar[str] = "difference of differences"

    interaction: Metric
    """The metric."""
    minus: VariantName
    """The variant to compare with."""
    versus: Versus
    """The other difference: those of `of`, `minus`, `at` and `over` that differ."""
    expect: Direction
    """Where the claim expects the difference of differences: above or below 0."""

    def sample(self, metrics: pd.DataFrame) -> pd.Series[float]:
        """(`of` minus `minus`) minus the same of `versus`, in the metric's unit."""
        of, minus, other_of, other_minus = self.spots()
        one = differences(metrics, self.metric, of, minus)
        return one - differences(metrics, self.metric, other_of, other_minus)

    def compares(self, labels: Mapping[str, str]) -> str:
        """Both differences, with their points on those axes where these differ."""
        of, minus, other_of, other_minus = self.spots()
        first, second = named(labels, minus, other_minus)
        return (
            f"{self.wording.label}: ({labels[of.variant]} minus {first}) minus "
            f"({labels[other_of.variant]} minus {second})"
        )

    def finds(self, labels: Mapping[str, str], way: Way) -> str:
        """Of which difference there is more."""
        of, minus, other_of, other_minus = self.spots()
        first, second = named(labels, minus, other_minus)
        here = f"{labels[of.variant]} minus {first}"
        there = f"{labels[other_of.variant]} minus {second}"
        compared = {"above": "higher than", "below": "lower than", "same": "about the same as"}
        metric = lowered(self.wording.label)
        return f"The difference in {metric} of {here} is {compared[way]} that of {there}"

    def spots(self) -> list[Spot]:
        """The four sides."""
        of, minus = self.versus.of or self.of, self.versus.minus or self.minus
        there = self._there.at
        return [
            Spot(self.of, self.at), Spot(self.minus, self.at), Spot(of, there), Spot(minus, there),
        ]  # fmt: skip

    def reach(self) -> tuple[float, float]:
        """Those of a difference of two differences."""
        low, high = self.wording.bounds
        return 2 * (low - high), 2 * (high - low)

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """With those of the other difference."""
        yield from super().mistakes(grid)
        of, minus, other_of, other_minus = self.spots()
        if of == minus:
            yield with_itself(self.of, "minus")
        elif other_of == other_minus:
            yield with_itself(other_of.variant, "versus")
        there = self._there
        if (of, minus, self.place) == (other_of, other_minus, there):
            yield (
                "is the same difference as that of the test; name another variant or point",
                [("versus",)],
            )
        elif grid is not None and there != self.place:
            for message, (path, *_) in place_mistakes(there, grid):
                yield message, [("versus", *path)]

    @property
    def _there(self) -> Place:
        """The place of the other difference: its axes replace those of the test one by one."""
        at, over = self.versus.at or {}, self.versus.over or ()
        inherited = {} if ALL in over else self.at
        kept = {axis: point for axis, point in inherited.items() if axis not in over}
        averaged = dict.fromkeys([*over, *(axis for axis in self.over if axis not in at)])
        return Place(kept | at, tuple(averaged))
