"""The interaction of two choices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from overfit.config.claims.place import ALL, Place, place_mistakes
from overfit.config.claims.test import At, Over, Test, same_variant
from overfit.config.model import Clash, Model
from overfit.config.names import Grid, Metric, VariantName


class Versus(Model):
    """The difference to compare with; what it leaves out is as in the test."""

    of: VariantName | None = None
    """The variant."""
    minus: VariantName | None = None
    """The variant to compare it with."""
    at: At | None = None
    """Other points on grid axes, over those of the test."""
    over: Over | None = None
    """Other grid axes to average over."""


class Interaction(Test):
    """The difference of two differences, seed by seed.

    It is `of` minus `minus`, minus the same of `versus`. With other variants in `versus` it tells
    whether two parts do more together than apart, with another point whether an effect depends on
    where on the grid it is measured. The effect is the mean of these differences.
    """

    kind: ClassVar[str] = "interaction"

    interaction: Metric
    """The metric."""
    minus: VariantName
    """The variant to compare with."""
    versus: Versus
    """The other difference: `of`, `minus`, `at` and `over`, as far as they differ."""
    expect: Literal["above", "below"]
    """Where the claim expects the difference of differences: above or below 0."""

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """With those of the other difference."""
        yield from super().mistakes(grid)
        yield from same_variant(self, self.minus, "minus")
        other = self.other()
        if other["of"] == other["minus"] and self.of != self.minus:
            yield f"{other['of']} is compared with itself", [("versus",)]
        where = Place(other["at"], tuple(other["over"]))
        if (other["of"], other["minus"], where) == (self.of, self.minus, self.place):
            yield "is the same difference; name another variant or point", [("versus",)]
        elif grid is not None and where != self.place:
            for message, (path, *_) in place_mistakes(where, grid):
                yield message, [("versus", *path)]

    def variants(self) -> list[str]:
        """With those of the other difference."""
        other = self.other()
        return [*dict.fromkeys([*super().variants(), other["of"], other["minus"]])]

    def points(self, axis: str) -> list[Any]:
        """The points on a grid axis that either difference needs."""
        at = self.other()["at"]
        return super().points(axis) + ([at[axis]] if axis in at else [])

    def other(self) -> dict[str, Any]:
        """`versus` with what it leaves out; its places replace those of the test axis by axis."""
        at, over = self.versus.at or {}, self.versus.over or ()
        inherited = {} if ALL in over else self.at
        kept = {axis: point for axis, point in inherited.items() if axis not in over}
        return {
            "of": self.versus.of or self.of,
            "minus": self.versus.minus or self.minus,
            "at": kept | at,
            "over": list(dict.fromkeys([*over, *(a for a in self.over if a not in at)])),
        }

    def plan(self) -> dict[str, Any]:
        """The test as scripts get it, `versus` with what it leaves out."""
        return super().plan() | {"versus": self.other()}
