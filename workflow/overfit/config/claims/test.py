"""What all tests of claims share: a variant, a margin, and a place on the grid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from overfit.config.claims.place import Place, place_mistakes
from overfit.config.metrics import unsearched
from overfit.config.model import Clash, Items, Model, Number, clashes
from overfit.config.names import Context, Grid, Point, VariantName


def _one_name(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


At = dict[str, Point]
Over = Annotated[
    tuple[str, ...],
    Items,
    BeforeValidator(_one_name, json_schema_input_type=str | tuple[str, ...]),
]


class Test(Model):
    """Keys that every test has, beside the key that is called as its kind and names the metric."""

    kind: ClassVar[str]
    """Name of the kind, which is the key that holds the metric."""

    of: VariantName
    """The variant that the claim is about."""
    margin: Number = Field(gt=0)
    """The smallest effect of interest, in the unit of the effect, chosen before looking."""
    at: At = Field(default_factory=dict)
    """A point on each of these grid axes: `{data.train: 300}`."""
    over: Over = ()
    """Grid axes over which a seed's metric is averaged; `all`: those that nothing else names."""

    @model_validator(mode="after")
    def _sound(self, info: ValidationInfo) -> Self:
        context = info.context if isinstance(info.context, Context) else None
        clashes(self.mistakes(context.grid if context else None))
        metric = getattr(self, self.kind)
        if context and (wrong := unsearched([metric], self.variants(), context.repeats)):
            clashes([(wrong, [(self.kind,)])])
        return self

    def variants(self) -> list[str]:
        """The variants that it compares, each once."""
        named = (self.of, getattr(self, "minus", None), getattr(self, "to", None))
        return [*dict.fromkeys(filter(None, named))]

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """What is wrong between the keys, and with the place on the grid if that is known."""
        if grid is not None:
            yield from place_mistakes(self.place, grid)

    @property
    def place(self) -> Place:
        """Where on the grid the test is."""
        return Place(self.at, self.over)

    def points(self, axis: str) -> list[Any]:
        """The points on a grid axis that the test can't do without."""
        return [self.at[axis]] if axis in self.at else []

    def plan(self) -> dict[str, Any]:
        """The test as scripts get it: the keys that were given."""
        return self.model_dump(mode="json", exclude_none=True)


def same_variant(test: Test, other: str | None, key: str) -> Iterator[Clash]:
    """The mistake that a variant is compared with itself."""
    if test.of == other:
        yield f"{other} is compared with itself", [(key,)]
