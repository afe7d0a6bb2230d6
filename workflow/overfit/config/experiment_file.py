"""The experiment file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from overfit.claims.claim import Claim
from overfit.claims.places import ALL, FixedAt, Place, place_mistakes
from overfit.config.model import Clash, Items, Model, Name, Number, Text, clashes, each_once
from overfit.config.names import (
    Context,
    KeptName,
    Metric,
    Point,
    ProbeName,
    VariantName,
    value_mistake,
)
from overfit.config.problems import Path, did_you_mean, say, written
from overfit.config.search import Search
from overfit.figures.found import Figure
from overfit.metrics.measurements import Measurements

SCORE = "score"


def _told_apart(points: tuple[Any, ...]) -> tuple[Any, ...]:
    """Refuse points that are the same text in tables, such as `1` and "1"."""
    first = {str(point): point for point in reversed(points)}
    clashes(
        (f"{say(point)} looks like {say(first[str(point)])} in tables", [(position,)])
        for position, point in enumerate(points)
        if first[str(point)] != point
    )
    return points


Points = Annotated[
    tuple[Point, ...],
    Items,
    Field(min_length=1, max_length=1000),
    AfterValidator(each_once),
    AfterValidator(_told_apart),
]
"""The points of a grid axis."""


class MeasuredVariant(Model):
    """A variant of measurements."""

    label: Text | None = None
    """Its name in figures and tables."""
    value: Point = None
    """Its value in the table; by default its name."""


class Variant(Model):
    """A named difference from the base."""

    label: Text | None = None
    """Its name in figures and tables."""
    search: Search | None = None
    """Searches hyperparameters of this variant."""


def _repeated(what: str, keys: Iterable[str], field: str) -> Iterator[tuple[str, list[Path]]]:
    seen: set[str] = set()
    for position, key in enumerate(keys):
        if key in seen:
            yield f"another {what} has the {field} {key}", [(position, field), (position,)]
        seen.add(key)


def _figures_differ(figures: tuple[Any, ...]) -> tuple[Any, ...]:
    clashes(_repeated("figure", (figure.key for figure in figures), "name"))
    return figures


def _claims_differ(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    clashes(_repeated("claim", (claim.id for claim in claims), "id"))
    return claims


class Reported(Model):
    """A number that the source reports; the report shows it next to the measured one.

    It is a metric of a variant (measured: the mean over seeds at the last evaluation), or what a
    search found: the best value of a searched key, or the `score` of the best trial.
    """

    of: VariantName
    """The variant."""
    metric: Metric | None = None
    """The metric."""
    found: str | None = None
    """A key of the variant's search, or `score`; instead of `metric`."""
    at: FixedAt = Field(default_factory=dict)
    """A point on each grid axis: `{data.train: 300}`."""
    value: Number
    """The reported number, in the unit of the metric: an accuracy of 83% is 0.83."""
    cites: Text
    """The place in the source."""

    @model_validator(mode="after")
    def _sound(self, info: ValidationInfo) -> Self:
        clashes(self.mistakes(info.context if isinstance(info.context, Context) else None))
        return self

    def mistakes(self, context: Context | None) -> Iterator[Clash]:
        """Keys that don't go together, and mistakes in the place and the search."""
        if self.metric is not None and self.found is not None:
            yield "metric and found are both given; keep one", [("metric",), ("found",)]
        elif self.found is None and self.metric is None:
            yield "needs metric: METRIC, or found: KEY for a search", [()]
        if self.metric is not None and (wrong := value_mistake(self.metric, self.value)):
            yield wrong, [("value",)]
        if context is None:
            return
        yield from place_mistakes(Place(self.at, (ALL,)), context.grid)
        for axis, points in context.grid.items():
            if points and axis not in self.at:
                yield (
                    f"needs a point on the axis {axis}; write at: {{{axis}: {written(points[0])}}}",
                    [()],
                )
        space = context.spaces.get(self.of)
        if self.found is None:
            return
        if self.of not in context.searched:
            yield f"{self.of} has no search", [("found",)]
        elif space is not None and self.found not in (*space, SCORE):
            hint = did_you_mean(self.found, (*space, SCORE))
            yield f"the search has no key {self.found!r}{hint}", [("found",)]


class ExperimentFile(Model):
    """One question: its data, network, variants, figures and claims."""

    extends: str | None = None
    """The experiment that this one starts from: the name of a file in `config/experiments`."""
    title: Text
    """The experiment's name for readers."""
    question: Text
    """The question it answers."""
    cites: str = ""
    """The source of the question."""
    text: str = ""
    """What to look at in the figures."""
    topic: str = ""
    """A heading such as `Dropout`: the report lists experiments by topic."""
    optional: bool = False
    """Whether `experiments: all` leaves it out. It then runs only if it is named:
    `experiments: [NAME]`, or `[all, NAME]`."""
    base: dict[str, Any] = Field(default_factory=dict)
    """Settings of all variants, above the defaults of `config.yaml`."""
    variants: Annotated[dict[Name, dict[str, Any]], Field(min_length=1)]
    """Named differences from the base; `{}` for none. A variant may have `label` and `search`."""
    measurements: Measurements | None = None
    """A table with the results, if you have them already: nothing is trained. Variants then have
    `label` and `value`, their value in the table; the axes of `grid` are columns."""
    grid: dict[str, Points] = Field(default_factory=dict)
    """Dotted keys of settings, each with its values; every variant runs at every combination."""
    probes: Annotated[tuple[ProbeName, ...], Items, AfterValidator(each_once)] = ()
    """Measurements to record at the same points as loss and accuracy."""
    keep: Annotated[tuple[KeptName, ...], Items, AfterValidator(each_once)] = ()
    """Results of training to keep: `predictions` (probabilities of the test images) and
    `parameters`."""
    seeds: int = Field(default=10, ge=2, le=10_000)
    """Number of seeds of each run."""
    first_seed: int = Field(default=0, ge=0, le=900_000)
    """The first of them: with 10, the ten seeds are 10 to 19, other images and initial weights. The
    repeats of searches count from it, too."""
    figures: Annotated[tuple[Figure, ...], Items, AfterValidator(_figures_differ)] = ()
    """The figures to draw."""
    claims: Annotated[tuple[Claim, ...], Items, AfterValidator(_claims_differ)] = ()
    """The claims to test."""
    reported: Annotated[tuple[Reported, ...], Items] = ()
    """Numbers of the source; the report shows them next to the measured ones."""

    @model_validator(mode="after")
    def _trains_nothing(self) -> Self:
        settings = ("base", "probes", "keep", "seeds", "first_seed")
        given = self.model_fields_set.intersection(settings) if self.measurements else ()
        why = "is a setting of training, and measurements need no training; remove it"
        clashes((why, [(key,)]) for key in settings if key in given)
        return self

    @model_validator(mode="after")
    def _titles(self) -> Self:
        known = [claim.id for claim in self.claims]  # without any, no figure has a title
        clashes(
            (f"there is no claim {figure.claim}{did_you_mean(figure.claim, known)}",
             [("figures", place, "claim")])
            for place, figure in enumerate(self.figures)
            if known and figure.claim and figure.claim not in known
        )  # fmt: skip
        return self
