"""What all kinds of figures share: a name, a caption, and the checks of their options."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from overfit.spec.model import Items, Model, Name, clashes
from overfit.spec.names import At, Axis, Context, VariantName
from overfit.spec.problems import Path

Reads = Literal["metrics", "histories", "trials", "probes", "kept", "labels"]
"""What a kind of figure is drawn from."""
Mistakes = Iterator[tuple[str, list[Path]]]


def no_item_twice(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """A validator of lists."""
    clashes(
        (f"{item} appears twice", [(position,)])
        for position, item in enumerate(items)
        if item in items[:position]
    )
    return items


Variants = Annotated[tuple[VariantName, ...], Items, AfterValidator(no_item_twice)]
Axes = Annotated[tuple[Axis, ...], Items, AfterValidator(no_item_twice)]


class BaseFigure(Model):
    """A figure of an experiment."""

    reads: ClassVar[tuple[Reads, ...]]

    name: Name | None = None
    """File name of the figure; its kind by default."""
    caption: str = ""
    """What the figure shows, below it."""

    @property
    def key(self) -> str:
        """The figure's file name."""
        return self.name or self.kind_name

    @property
    def kind_name(self) -> str:
        """The kind of the figure."""
        return str(self.model_dump()["kind"])

    def plan(self) -> dict[str, Any]:
        """The figure as scripts get it: kind, name, caption, options."""
        options = self.model_dump(mode="json", exclude={"kind", "name", "caption"})
        name = self.kind_name
        return {"kind": name, "name": self.key, "caption": self.caption, "options": options}

    def mistakes(self, context: Context) -> Mistakes:
        """What is wrong with the options together, or for this experiment, and where."""
        yield from ()

    @model_validator(mode="after")
    def _checked(self, info: ValidationInfo) -> BaseFigure:
        if isinstance(info.context, Context):
            clashes(self.mistakes(info.context))
        return self


class VariantFigure(BaseFigure):
    """A figure of some of the variants."""

    most_variants: ClassVar[int] = 8

    variants: Variants = ()
    """The variants to show, in this order; all by default."""

    def shown(self, context: Context) -> Sequence[str]:
        """The variants that are shown."""
        return self.variants or context.variants

    def mistakes(self, context: Context) -> Mistakes:
        """The number of variants."""
        count = len(self.shown(context))
        if count > self.most_variants:
            yield (
                f"{self.kind_name} can draw up to {self.most_variants} variants, not {count}; "
                "name some in variants",
                [("variants",)],
            )


class GridFigure(VariantFigure):
    """A figure of a part of the grid."""

    at: At = Field(default_factory=dict)
    """A point on grid axes; the figure shows nothing else."""

    def own_axes(self) -> Iterable[tuple[str, str]]:
        """The options that name a grid axis, each with the axis."""
        return ()

    def mistakes(self, context: Context) -> Mistakes:
        """Each axis of the grid has one use."""
        yield from super().mistakes(context)
        uses = [*self.own_axes(), *(("at", axis) for axis in self.at)]
        for position, (option, axis) in enumerate(uses):
            if other := [o for o, a in uses[:position] if a == axis]:
                yield (f"{axis} is in {other[0]}, too; each axis has one use", [(option,)])
        used = {axis for _, axis in uses}
        yield from self.left_over([axis for axis in context.grid if axis not in used], context)

    def left_over(self, axes: Sequence[str], context: Context) -> Mistakes:
        """What is wrong with axes of the grid that have no use."""
        for axis in axes:
            yield (f"the grid also varies {axis}; name a point of it in at", [()])


class AveragingFigure(GridFigure):
    """A figure of a part of the grid that may average over axes."""

    over: Axes = ()
    """Grid axes over which the values of each seed are averaged."""

    def own_axes(self) -> Iterable[tuple[str, str]]:
        """The averaged axes."""
        return (("over", axis) for axis in self.over)

    def left_over(self, axes: Sequence[str], context: Context) -> Mistakes:
        """What is wrong with axes of the grid that have no use."""
        for axis in axes:
            message = f"the grid also varies {axis}; name a point of it in at, or average: over"
            yield (message, [()])


def panels(context: Context, axes: Iterable[str]) -> int:
    """How many points these axes have together."""
    return math.prod(len(context.grid[axis] or [0]) for axis in axes if axis in context.grid)


def numbers(context: Context, axis: str) -> bool:
    """Whether all points of an axis are numbers, or it is unknown what they are."""
    return all(
        isinstance(point, int | float) and not isinstance(point, bool)
        for point in context.grid.get(axis) or []
    )


def needs_probe(context: Context, probe: str, kind: str) -> Mistakes:
    """The mistake of an experiment that does not record what is drawn."""
    if probe not in context.probes:
        yield (f"{kind} draws what a probe records; add it: probes: [{probe}]", [("kind",)])
