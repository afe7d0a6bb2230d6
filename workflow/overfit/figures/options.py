"""The options of all kinds of figures: a name, a caption, and checks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from overfit.claims.places import ALL, At, Over, Place, place_mistakes
from overfit.config.model import Clash, Items, Model, Name, clashes, each_once
from overfit.config.names import Context, Metric, Point, SearchedVariant, VariantName, unsearched
from overfit.config.problems import written
from overfit.metrics.table import is_of_search

Reads = Literal["metrics", "histories", "trials", "probes", "kept", "labels", "images", "subsets"]
"""The kinds of results that a figure can be drawn from."""
Mistakes = Iterator[Clash]


Metrics = Annotated[
    tuple[Metric, ...], Items, Field(min_length=1, max_length=4), AfterValidator(each_once)
]
"""One to four metrics, each with separate panels."""
Layers = Annotated[tuple[int, ...], Items, Field(max_length=12), AfterValidator(each_once)]
Variants = Annotated[tuple[VariantName, ...], Items, AfterValidator(each_once)]


class BaseFigure(Model):
    """A figure of an experiment."""

    reads: ClassVar[tuple[Reads, ...]]
    of_repeats: ClassVar[bool] = False
    """Whether it can draw metrics of searches, which have one value per repeat."""

    name: Name | None = None
    """File name of the figure; its kind by default."""
    caption: str = ""
    """A text below the figure."""
    cites: str = ""
    """The figure of the source to compare it with."""
    claim: Name | None = None
    """A claim of the experiment: if it is decided, what its seeds found is the title."""

    @property
    def key(self) -> str:
        """The figure's file name."""
        return self.name or self.kind_name

    @property
    def kind_name(self) -> str:
        """The kind of the figure."""
        return str(self.model_dump()["kind"])

    def mistakes(self, context: Context) -> Mistakes:
        """Mistakes in the combination of options, or for this experiment, with their places."""
        yield from ()

    def shown(self, context: Context) -> Sequence[str]:
        """The variants that are shown."""
        return context.variants

    @model_validator(mode="after")
    def _checked(self, info: ValidationInfo) -> BaseFigure:
        if isinstance(info.context, Context):
            clashes(self.mistakes(info.context))
            clashes(self._of_searches(info.context))
        return self

    def _of_searches(self, context: Context) -> Mistakes:
        """Metrics of searches where there is none, or together with metrics of seeds."""
        names = [name for key in ("metrics", "x", "y") for name in _names(getattr(self, key, ()))]
        of_searches = [name for name in names if is_of_search(name)]
        if of_searches and len(of_searches) < len(names):
            other = next(name for name in names if name not in of_searches)
            yield (
                f"{of_searches[0]} has one number per repeat of the search, {other} one per seed; "
                "draw them in separate figures",
                [()],
            )
        elif of_searches and not self.of_repeats:
            yield (f"{self.kind_name} can't draw {of_searches[0]}; paired_differences can", [()])
        elif wrong := unsearched(of_searches, self.shown(context), context.repeats):
            yield (wrong, [()])


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

    axis_options: ClassVar[tuple[str, ...]] = ()
    """The options that name a grid axis."""

    at: dict[str, Point] = Field(default_factory=dict)
    """A point on grid axes; the figure shows only this point."""

    def own_axes(self) -> Mapping[str, str]:
        """The options that name a grid axis, each with the axis."""
        named = {option: getattr(self, option) for option in self.axis_options}
        return {option: axis for option, axis in named.items() if axis}

    def averaged(self) -> tuple[str, ...]:
        """The axes to average over; `all` if axes may be left out."""
        return (ALL,)

    def mistakes(self, context: Context) -> Mistakes:
        """Each axis of the grid has one use."""
        yield from super().mistakes(context)
        own = self.own_axes()
        first: dict[str, str] = {}
        for option, axis in [*own.items(), *(("at", axis) for axis in self.at)]:
            if axis in own.values() and first.setdefault(axis, option) != option:
                yield f"{axis} is also in {first[axis]}; name it once", [(option,)]
        rest = {axis: points for axis, points in context.grid.items() if axis not in own.values()}
        at = {axis: point for axis, point in self.at.items() if axis not in own.values()}
        yield from place_mistakes(Place(at, self.averaged()), rest)
        yield from self.left_over([axis for axis in rest if axis not in at], context)

    def left_over(self, axes: Sequence[str], context: Context) -> Mistakes:
        """Mistakes in unused axes of the grid."""
        for axis in axes:
            if points := context.grid[axis]:
                yield (
                    f"leaves out {axis}, an axis of the grid; write at: "
                    f"{{{axis}: {written(points[0])}}} for one point",
                    [()],
                )


class AveragingFigure(GridFigure):
    """A figure of a part of the grid that may average over axes."""

    at: At = Field(default_factory=dict)
    """A point on grid axes; the figure shows only this point. `{highest: validation_accuracy}`: the
    one that each seed chooses, as in a claim."""
    over: Over = ()
    """Grid axes over which the values of each seed are averaged; `all`: those that nothing else
    names."""

    def averaged(self) -> tuple[str, ...]:
        """The axes to average over."""
        return self.over

    def left_over(self, axes: Sequence[str], context: Context) -> Mistakes:
        """Nothing: `place_mistakes` has found them."""
        yield from ()


class SearchFigure(BaseFigure):
    """A figure of one search."""

    reads: ClassVar[tuple[Reads, ...]] = ("trials",)

    variant: SearchedVariant
    """The searched variant."""


def _names(value: Any) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def count_points(context: Context, axes: Iterable[str]) -> int:
    """The number of points that these axes have together."""
    return math.prod(len(context.grid[axis] or [0]) for axis in axes if axis in context.grid)


def all_numbers(context: Context, axis: str) -> bool:
    """Whether all points of an axis are numbers, or it is unknown what they are."""
    return all(
        isinstance(point, int | float) and not isinstance(point, bool)
        for point in context.grid.get(axis) or []
    )


def needs_probe(context: Context, probe: str, kind: str) -> Mistakes:
    """The mistake of an experiment that does not record what the figure needs."""
    if context.probes is not None and probe not in context.probes:
        yield (f"{kind} draws records of a probe; add probes: [{probe}]", [("kind",)])
