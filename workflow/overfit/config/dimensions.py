"""The dimensions of a search space: where to look for one setting, and when."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from overfit.config.model import Items, Model, Number, clashes, mistake
from overfit.config.problems import Path, did_you_mean, say

Whole = int
Positive = Annotated[Number, Field(gt=0)]


class Dimension(Model):
    """Where to look for one setting."""

    kind: ClassVar[str]
    """The key that tells it from the others."""
    when: Annotated[dict[str, Any], Field(min_length=1)] | None = None
    """Searched keys with the value, or the list of values, at which this one is searched at all;
    elsewhere the setting is left out."""

    @property
    def candidates(self) -> list[tuple[Path, Any]]:
        """The values that stand in the file, each with its path below the dimension."""
        return [((self.kind, i), value) for i, value in enumerate(getattr(self, self.kind))]


class Range(Dimension):
    """Numbers between two ends, both included."""

    logarithmic: ClassVar[bool] = False
    whole: ClassVar[bool] = False
    points: Annotated[Whole, Field(ge=2, le=10_000)] | None = None
    """How many values a grid has here, evenly spaced on the range's scale."""

    @property
    def ends(self) -> tuple[Any, Any]:
        """The lower and the upper end."""
        return getattr(self, self.kind)

    @property
    def grid(self) -> list[Any] | None:
        """The values of a grid; None for a continuous range without `points`."""
        low, high = self.ends
        if self.points is None:
            return list(range(low, high + 1)) if self.whole else None
        last = self.points - 1
        between = [self._at(step / last) for step in range(1, last)]
        if self.whole:
            return sorted({low, *map(round, between), high})
        return [low, *between, high]

    @model_validator(mode="after")
    def _ends_in_order(self) -> Self:
        low, high = self.ends
        if low >= high:
            clashes([(f"{low:g} is not below {high:g}", [(self.kind,)])])
        return self

    def _at(self, share: float) -> float:
        low, high = self.ends
        if self.logarithmic:
            return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        return low + share * (high - low)


class Uniform(Range):
    """Numbers, all equally likely."""

    kind = "uniform"
    uniform: Annotated[tuple[Number, Number], Items]
    """The lower and the upper end."""


class LogUniform(Range):
    """Numbers, uniform on a logarithmic scale; the ends are positive."""

    kind = "log_uniform"
    logarithmic = True
    log_uniform: Annotated[tuple[Positive, Positive], Items]
    """The lower and the upper end."""


class Int(Range):
    """Whole numbers, all equally likely."""

    kind = "int"
    whole = True
    int: Annotated[tuple[Whole, Whole], Items]
    """The lower and the upper end."""


class LogInt(Range):
    """Whole numbers, uniform on a logarithmic scale; the ends are positive."""

    kind = "log_int"
    logarithmic = True
    whole = True
    log_int: Annotated[tuple[Annotated[Whole, Field(ge=1)], Annotated[Whole, Field(ge=1)]], Items]
    """The lower and the upper end."""


class Choice(Dimension):
    """Some values, all equally likely: numbers, names, switches, lists, mappings, `null`."""

    kind = "choice"
    choice: Annotated[tuple[Any, ...], Items, Field(min_length=1, max_length=1000)]
    """The values."""

    @property
    def grid(self) -> list[Any]:
        """The values of a grid: all of them."""
        return list(self.choice)

    @model_validator(mode="after")
    def _no_value_twice(self) -> Self:
        clashes(
            (f"{say(value)} appears twice", [("choice", position)])
            for position, value in enumerate(self.choice)
            if position_of(value, self.choice) != position
        )
        return self


DIMENSIONS: dict[str, type[Dimension]] = {
    model.kind: model for model in (Uniform, LogUniform, Int, LogInt, Choice)
}


def position_of(value: Any, among: tuple[Any, ...] | list[Any]) -> int | None:
    """Where a value stands; true is not 1."""
    for position, other in enumerate(among):
        if value == other and isinstance(value, bool) == isinstance(other, bool):
            return position
    return None


def _one_kind(value: Any) -> Any:
    if isinstance(value, Dimension):
        return value
    if not isinstance(value, Mapping):
        raise mistake(f"{say(value)} where a mapping such as {{uniform: [low, high]}} belongs")
    kinds = [key for key in DIMENSIONS if key in value]
    if len(kinds) > 1:
        raise mistake(f"{' and '.join(kinds)} are given; one of them is enough")
    if not kinds:
        unknown = [key for key in value if key not in ("points", "when")]
        raise mistake(f"says no values{did_you_mean(unknown[0] if unknown else '', DIMENSIONS)}")
    return value


def _tag(value: Any) -> str:
    if isinstance(value, Dimension):
        return f"<{value.kind}>"
    return next(f"<{kind}>" for kind in DIMENSIONS if kind in value)


AnyDimension = Annotated[
    Annotated[
        Annotated[Uniform, Tag("<uniform>")]
        | Annotated[LogUniform, Tag("<log_uniform>")]
        | Annotated[Int, Tag("<int>")]
        | Annotated[LogInt, Tag("<log_int>")]
        | Annotated[Choice, Tag("<choice>")],
        Discriminator(_tag),
    ],
    BeforeValidator(_one_kind),
]
