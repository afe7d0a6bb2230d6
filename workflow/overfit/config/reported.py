"""What the source of an experiment reports, to stand beside what was found here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

from pydantic import Field, ValidationInfo, model_validator

from overfit.config.claims.place import ALL, Place, place_mistakes
from overfit.config.claims.test import At
from overfit.config.model import Clash, Model, Number, Text, clashes
from overfit.config.names import Context, Metric, VariantName
from overfit.config.problems import did_you_mean

SCORE = "score"


class Reported(Model):
    """A number of the source, beside which the report shows ours.

    It is a metric of a variant (ours is the mean over seeds at the last evaluation), or what a
    search found: the best value of a searched key, or the `score` of the best trial.
    """

    of: VariantName
    """The variant."""
    metric: Metric | None = None
    """The metric."""
    found: str | None = None
    """A key of the variant's search, or `score`; instead of `metric`."""
    at: At = Field(default_factory=dict)
    """A point on each grid axis: `{data.train: 300}`."""
    value: Number
    """What the source reports, in the unit of the metric: an accuracy of 83% is 0.83."""
    cites: Text
    """Where it reports it."""

    @model_validator(mode="after")
    def _sound(self, info: ValidationInfo) -> Self:
        clashes(self.mistakes(info.context if isinstance(info.context, Context) else None))
        return self

    def mistakes(self, context: Context | None) -> Iterator[Clash]:
        """What is wrong between the keys, and with the place and the search if they are known."""
        if self.metric is not None and self.found is not None:
            yield "metric and found are both given; keep one", [("metric",), ("found",)]
        elif self.found is None and self.metric is None:
            yield "names no number; write metric: METRIC, or found: KEY for a search", [()]
        if context is None:
            return
        yield from place_mistakes(Place(self.at, (ALL,)), context.grid)
        for axis, points in context.grid.items():
            if points and axis not in self.at:
                yield f"says nothing about {axis}; write at: {{{axis}: {points[0]}}}", [()]
        space = context.spaces.get(self.of)
        if self.found is None:
            return
        if self.of not in context.searched:
            yield f"{self.of} has no search", [("found",)]
        elif space is not None and self.found not in (*space, SCORE):
            hint = did_you_mean(self.found, (*space, SCORE))
            yield f"no key of the search {self.found!r}{hint}", [("found",)]

    def plan(self) -> dict[str, Any]:
        """The number as the report gets it."""
        return self.model_dump(mode="json")
