"""The dimensions of a search space: the values of one setting, their distribution and condition.

Methods see numbers instead of values: a value of a `choice` becomes its position, any other value
stays as it is. Each number has a coordinate between 0 and 1, which is uniformly distributed.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, model_validator

from overfit.config.model import (
    Items,
    Model,
    Number,
    by_own_key,
    clashes,
    each_once,
    mistake,
    position_of,
)
from overfit.config.problems import Path, did_you_mean, must_be

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

Coordinates = NDArray[np.float64]
Whole = Annotated[int, Field(ge=-(10**12), le=10**12)]
PositiveWhole = Annotated[int, Field(ge=1, le=10**12)]
Positive = Annotated[Number, Field(gt=0)]


class Dimension(Model):
    """The values of one setting to search."""

    kind: ClassVar[str]
    """The key that identifies its kind."""
    when: Annotated[dict[str, Any], Field(min_length=1)] | None = None
    """Searched keys with the value, or the list of values, at which this one is searched. At other
    values the setting is left out."""

    @property
    def candidates(self) -> list[tuple[Path, Any]]:
        """The values written in the file, each with its path below the dimension."""
        return [((self.kind, i), value) for i, value in enumerate(getattr(self, self.kind))]

    def between(self, most: int) -> list[tuple[Path, Any]]:
        """At most this many values between those that are written in the file, like these."""
        return []

    @property
    @abstractmethod
    def grid(self) -> Sequence[Any] | None:
        """The values of a grid; None for a continuous range without `points`."""

    def encode(self, value: Any) -> Any:
        """The number of a value: the value itself, unless it is a choice."""
        return value

    def decode(self, number: Any) -> Any:
        """The value of a number."""
        return number

    @abstractmethod
    def at(self, u: Coordinates) -> NDArray[Any]:
        """The numbers at coordinates."""

    @abstractmethod
    def coordinate(self, number: Any) -> Any:
        """The coordinate of a number, or of an array of numbers."""

    @abstractmethod
    def distribution(self) -> BaseDistribution:
        """Optuna's distribution of the numbers."""

    def conditions(self) -> dict[str, list[Any]]:
        """The keys of `when`, each with all values at which the condition holds."""
        return {
            parent: wanted if isinstance(wanted, list) else [wanted]
            for parent, wanted in (self.when or {}).items()
        }

    def is_active(self, values: Mapping[str, Any]) -> bool:
        """Whether the key is searched, given the values of the keys before it."""
        return all(
            parent in values and position_of(values[parent], wanted) is not None
            for parent, wanted in self.conditions().items()
        )


class Range(Dimension):
    """Numbers between two ends, both included."""

    logarithmic: ClassVar[bool] = False
    whole: ClassVar[bool] = False
    points: Annotated[Whole, Field(ge=2, le=10_000)] | None = None
    """The number of values in a grid, evenly spaced on the scale of the range."""

    @property
    def ends(self) -> tuple[Any, Any]:
        """The lower and the upper end."""
        return getattr(self, self.kind)

    def between(self, most: int) -> list[tuple[Path, Any]]:
        """The whole numbers between the ends, evenly spread if there are too many."""
        low, high = self.ends
        if not self.whole:
            return []
        step = max(1, -(-(high - low) // most))
        return [((self.kind,), value) for value in range(low + 1, high, step)]

    @property
    def grid(self) -> Sequence[Any] | None:
        """The values of a grid; None for a continuous range without `points`."""
        low, high = self.ends
        if self.points is None:
            return range(low, high + 1) if self.whole else None
        last = self.points - 1
        between = [self._share(step / last) for step in range(1, last)]
        if self.whole:
            return sorted({low, *map(round, between), high})
        return [low, *between, high]

    def at(self, u: Coordinates) -> NDArray[Any]:
        """Uniform on the scale of the range; whole numbers are rounded."""
        low, high = self._scale()
        at = low + u * (high - low)
        real = np.exp(at) if self.logarithmic else at
        clipped = np.clip(np.rint(real) if self.whole else real, *self.ends)
        return clipped.astype(int) if self.whole else clipped

    def coordinate(self, number: Any) -> Any:
        """The inverse of `at`."""
        low, high = self._scale()
        return ((np.log(number) if self.logarithmic else number) - low) / (high - low)

    def distribution(self) -> BaseDistribution:
        """Uniform on the scale of the range."""
        from optuna.distributions import FloatDistribution, IntDistribution

        kind = IntDistribution if self.whole else FloatDistribution
        return kind(*self.ends, log=self.logarithmic)

    @model_validator(mode="after")
    def _ends_in_order(self) -> Self:
        low, high = self.ends
        if low >= high:
            clashes([(f"the lower end {low:g} must be below {high:g}", [(self.kind,)])])
        return self

    def _share(self, share: float) -> float:
        low, high = self.ends
        if self.logarithmic:
            return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        return low + share * (high - low)

    def _scale(self) -> tuple[float, float]:
        """The ends on the range's own scale; for whole numbers, half a step beyond them."""
        low, high = self.ends
        if self.whole:
            low, high = low - 0.5, high + 0.5
        return (float(np.log(low)), float(np.log(high))) if self.logarithmic else (low, high)


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
    log_int: Annotated[tuple[PositiveWhole, PositiveWhole], Items]
    """The lower and the upper end."""


class Choice(Dimension):
    """Some values, all equally likely: numbers, names, switches, lists, mappings, `null`."""

    kind = "choice"
    choice: Annotated[
        tuple[Any, ...],
        Items,
        Field(min_length=1, max_length=1000),
        AfterValidator(each_once),
    ]
    """The values."""

    @property
    def grid(self) -> list[Any]:
        """All values."""
        return list(self.choice)

    def encode(self, value: Any) -> int | None:
        """The place of a value; None if it is not among them."""
        return position_of(value, self.choice)

    def decode(self, number: Any) -> Any:
        """The value at a place."""
        return self.choice[number]

    def at(self, u: Coordinates) -> NDArray[Any]:
        """The places at coordinates; each place has an equal share."""
        return np.minimum((u * len(self.choice)).astype(int), len(self.choice) - 1)

    def coordinate(self, number: Any) -> Any:
        """The middle of the place's share."""
        return (number + 0.5) / len(self.choice)

    def distribution(self) -> BaseDistribution:
        """The distribution of places, because Optuna allows only a few types of values."""
        from optuna.distributions import CategoricalDistribution

        return CategoricalDistribution(range(len(self.choice)))


DIMENSIONS: dict[str, type[Dimension]] = {
    model.kind: model for model in (Uniform, LogUniform, Int, LogInt, Choice)
}


def _one_kind(value: Any) -> Any:
    if isinstance(value, Dimension):
        return value
    if not isinstance(value, Mapping):
        raise mistake(must_be("a mapping such as {uniform: [low, high]}", value))
    kinds = [key for key in DIMENSIONS if key in value]
    if len(kinds) > 1:
        raise mistake(f"{' and '.join(kinds)} are both given; keep one of them")
    if not kinds:
        unknown = [key for key in value if key not in ("points", "when")]
        raise mistake(f"has no values{did_you_mean(unknown[0] if unknown else '', DIMENSIONS)}")
    return value


if TYPE_CHECKING:
    AnyDimension = Uniform | LogUniform | Int | LogInt | Choice
else:
    AnyDimension = by_own_key(DIMENSIONS, _one_kind)
"""A dimension of any kind, identified by its key."""
