"""Base classes of all kinds of claims, of those with two sides, and of those along an axis."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

from pydantic import Field, ValidationInfo, model_validator

from overfit.claims.best import where
from overfit.claims.places import At, Over, Place, Spot, place_mistakes
from overfit.claims.samples import Finding, Statistic, centre, differences
from overfit.claims.shares import paired_shares
from overfit.claims.verdict import Effect, Side, Unit, Way, difference
from overfit.config.deferred import pd
from overfit.config.model import Clash, Model, Number, clashes
from overfit.config.names import Axis, Context, Grid, VariantName, as_share, unsearched
from overfit.metrics.axes import point_in_text
from overfit.metrics.format import settings
from overfit.metrics.resampling import CONFIDENCE
from overfit.metrics.table import Metric, is_of_search, metric

if TYPE_CHECKING:
    Sample = pd.Series[float] | pd.DataFrame

FEWEST = 3
"""The fewest points of an axis that a test can look along."""


class Test(Model):
    """The keys that all tests have, and default methods.

    A kind adds the key that names the metric and has the kind's name, other keys, `sample`,
    `judge`, `compares` and `finds`, and overrides defaults.
    """

    kind: ClassVar[str]
    """Name of the kind, which is the name of its file."""
    noun: ClassVar[str] = "difference"
    """The noun for the effect in sentences."""

    of: VariantName
    """The variant that the claim is about."""
    margin: Number = Field(gt=0)
    """The smallest effect of interest, in the unit of the effect, chosen before looking."""
    at: At = Field(default_factory=dict)
    """A point on each of these grid axes: `{data.train: 300}`. `{highest: validation_accuracy}` or
    `{lowest: validation_loss}` is the point that each seed chooses, see below."""
    over: Over = ()
    """Grid axes over which each seed's metric is averaged; `all`: those that nothing else names."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Name the kind."""
        super().__init_subclass__(**options)
        cls.kind = cls.__module__.rpartition(".")[2]

    @abstractmethod
    def sample(self, metrics: pd.DataFrame) -> Sample:
        """The values of each seed, from the experiment's table of `metrics`: a row per seed.

        Seeds with a missing value (NaN) are left out.
        """

    @abstractmethod
    def judge(self, sample: Any, confidence: float) -> Finding:
        """Compute the effect, its interval and its tests.

        Args:
            sample: the result of `sample` without incomplete seeds, in an order that must not
                matter.
            confidence: the confidence of the interval. It is not 95% where seeds are added until a
                claim is decided, see `overfit.claims.looks`.
        """

    def find(self, metrics: pd.DataFrame, confidence: float = CONFIDENCE) -> Finding:
        """The finding from the experiment's table of `metrics`."""
        return self.judge(self.sample(metrics).dropna(), confidence)

    @abstractmethod
    def compares(self, labels: Mapping[str, str]) -> str:
        """The comparison in words.

        Args:
            labels: the names of the variants for readers.
        """

    @abstractmethod
    def finds(self, labels: Mapping[str, str], way: Way) -> str:
        """The finding, as a sentence without its period, whatever the claim expects.

        Args:
            labels: the names of the variants for readers.
            way: whether the effect is above or below no effect, or too small to matter (`same`).
        """

    def amount(self, estimate: float, low: float, high: float) -> str:
        """The size of the effect, to follow `finds` and a comma; by default that of a difference.

        Args:
            estimate: the effect, in stored units.
            low: lower end of its interval.
            high: upper end.
        """
        unit = self.effect.unit
        if estimate < 0:
            estimate, low, high = -estimate, -high, -low
        return f"by {unit.wording.value(estimate)} {unit.interval(low, high)} {unit.name}".rstrip()

    @classmethod
    def unit(cls, name: str) -> Unit:
        """The format of the effect for a metric of this name."""
        return Unit(metric(name))

    @property
    def effect(self) -> Effect:
        """The rule for the effect: by default a difference, on the expected side of 0."""
        return difference(self.unit(self.metric), self.margin, self.side, noun=self.noun)

    @property
    def side(self) -> Side:
        """The side on which the claim expects the effect: `expect`, or within the margin."""
        side: Side = getattr(self, "expect", "within")
        return side

    @property
    def metric(self) -> str:
        """The name of the metric."""
        return str(getattr(self, self.kind))

    @property
    def wording(self) -> Metric:
        """The name and format of the metric."""
        return metric(self.metric)

    @property
    def place(self) -> Place:
        """The place of the test on the grid."""
        return Place(self.at, self.over)

    @property
    def typical(self) -> str:
        """The statistic in words, if it is not the mean over seeds."""
        return ""

    def spots(self) -> list[Spot]:
        """The compared variants at points of the grid, first the one that the claim is about."""
        return [Spot(self.of, self.at)]

    def variants(self) -> list[str]:
        """The variants that it compares, each once."""
        return [*dict.fromkeys(spot.variant for spot in self.spots())]

    def points(self, axis: str) -> list[Any]:
        """The points that the test needs on a grid axis."""
        return [spot.fixed[axis] for spot in self.spots() if axis in spot.fixed]

    def reach(self) -> tuple[float, float]:
        """The lowest and the highest possible effect."""
        return -math.inf, math.inf

    def too_few(self, n: int) -> str | None:
        """Why the claim can't come true with n seeds, or repeats of a search; None if it can."""
        return None

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """Mistakes in the combination of keys, and in the place if the grid is known."""
        if grid is not None:
            yield from place_mistakes(self.place, grid)
        for axis, point in (pair for spot in self.spots() for pair in spot.best.items()):
            if point.metric == self.metric:
                message = f"{self.metric} chooses the {axis}, so it is too optimistic there"
                yield f"{message}; write a metric of the test images", [(self.kind,)]
                break
        if wrong := out_of_reach(self.side, self.margin, self.reach()):
            yield wrong + as_share(self.wording, self.margin), [("margin",)]

    @model_validator(mode="after")
    def _sound(self, info: ValidationInfo) -> Self:
        context = info.context if isinstance(info.context, Context) else None
        clashes(self.mistakes(context.grid if context else None))
        if context and (wrong := unsearched([self.metric], self.variants(), context.repeats)):
            clashes([(wrong, [(self.kind,)])])
        if context and context.seeds:
            n = context.seeds
            if is_of_search(self.metric):
                n = min(context.repeats.get(variant, n) for variant in self.variants())
            if wrong := self.too_few(n):
                clashes([(wrong, [("margin",)])])
        return self


class Centred(Test):
    """A test of the centre of one number per seed."""

    statistic: Statistic = "mean"
    """The mean over seeds; or `median` or `iqm` (the mean without the lowest and the highest
    quarter), which a few failed seeds don't change."""

    def judge(self, sample: pd.Series[float], confidence: float) -> Finding:
        """The centre of the sample, see `overfit.claims.samples.centre`."""
        return centre(sample, self.statistic, confidence)

    @property
    def effect(self) -> Effect:
        """The effect; a mean could be changed by failures that are too rare for the sample."""
        return replace(super().effect, movable=self.statistic == "mean" and not self.counted)

    @property
    def typical(self) -> str:
        """The statistic in words, if it is not the mean over seeds."""
        return {"mean": "", "iqm": "interquartile mean", "median": "median"}[self.statistic]

    @property
    def counted(self) -> bool:
        """Whether each seed is a 0 or a 1, so that its interval is exact."""
        return False

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """Also a median or interquartile mean of zeros and ones."""
        yield from super().mistakes(grid)
        if self.wording.share and self.statistic != "mean":
            yield f"{self.metric} is 0 or 1 for each seed; write statistic: mean", [("statistic",)]


class TwoSided(Test):
    """A test of `of` against another side: another variant, another point, or both."""

    other: ClassVar[str] = "minus"
    """The key that names the other variant; with `_at`, the key of its points."""

    def spots(self) -> list[Spot]:
        """Both sides; the second one inherits the keys that it leaves out."""
        variant, points = self._other
        return [Spot(self.of, self.at), Spot(variant or self.of, self.at | (points or {}))]

    def reach(self) -> tuple[float, float]:
        """The lowest and the highest difference of two values of the metric."""
        low, high = self.wording.bounds
        return low - high, high - low

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """Also mistakes in the second side: missing, the same, or at an impossible point."""
        yield from super().mistakes(grid)
        key, (variant, points) = f"{self.other}_at", self._other
        if variant is None and points is None:
            yield (
                f"has nothing to compare with; write {self.other}: VARIANT or "
                f"{key}: {{AXIS: POINT}}",
                [()],
            )
            return
        here, there = self.spots()
        if here == there:
            yield with_itself(self.of, self.other if variant else key)
        for axis in points or ():
            if axis not in self.at and (grid is None or axis in grid):
                yield f"{axis} must also be in at, with the point to compare with", [(key, axis)]
        if points and grid is not None:
            for message, (path, *_) in place_mistakes(Place(there.at, self.over), grid):
                if path[:1] == ("at",) and path[1] in points:
                    yield message, [(key, *path[1:])]

    @property
    def _other(self) -> tuple[str | None, At | None]:
        return getattr(self, self.other), getattr(self, f"{self.other}_at")


class Minus(TwoSided):
    """A test of a difference."""

    minus: VariantName | None = None
    """The variant to compare with; if you leave it out, `of` at other points."""
    minus_at: At | None = None
    """The points of the subtracted side on grid axes that `at` names, where they differ."""

    def finds(self, labels: Mapping[str, str], way: Way) -> str:
        """A sentence that says on which side the metric is higher."""
        of, minus = sides(labels, *self.spots())
        return f"{self.wording.compared(way)} with {of} {AS[way]} with {minus}"

    def compares(self, labels: Mapping[str, str]) -> str:
        """Both sides."""
        of, minus = sides(labels, *self.spots())
        return f"{self.wording.label}: {of} minus {minus}"


class MeanDifference(Centred, Minus):
    """A test of the difference of two sides, seed by seed."""

    def sample(self, metrics: pd.DataFrame) -> pd.Series[float]:
        """`of` minus `minus`, in the metric's unit."""
        return differences(metrics, self.metric, *self.spots())

    def judge(self, sample: pd.Series[float], confidence: float) -> Finding:
        """The centre of the differences; for shares, with their exact interval."""
        if self.counted:
            return paired_shares(sample, confidence)
        return super().judge(sample, confidence)

    @property
    def counted(self) -> bool:
        """Whether each seed is a 0 or a 1 on both sides."""
        return self.wording.share and not self.over


class Along(Test):
    """A test that looks along an axis of numbers."""

    along: Axis
    """A grid axis of at least three numbers."""
    minus: VariantName | None = None
    """A variant to compare with."""

    @property
    def place(self) -> Place:
        """The place of the test on the grid."""
        return Place(self.at, self.over, self.along)

    def spots(self) -> list[Spot]:
        """One or two variants."""
        return [Spot(name, self.at) for name in (self.of, self.minus) if name is not None]

    def mistakes(self, grid: Grid | None) -> Iterator[Clash]:
        """Also mistakes in the second variant, and axes without order or with too few points."""
        yield from super().mistakes(grid)
        if self.minus == self.of:
            yield with_itself(self.minus, "minus")
        points = grid and grid[self.along]
        if not points:
            return
        words = [point for point in points if isinstance(point, bool | str)]
        if words:
            yield f"{self.along} is not an axis of numbers: it has {words[0]}", [("along",)]
        elif len(points) < FEWEST:
            yield f"{self.along} has {len(points)} points, not at least {FEWEST}", [("along",)]


def out_of_reach(side: Side, margin: float, reach: tuple[float, float]) -> str | None:
    """Why an effect can't be beyond the margin on a side; None if it can.

    Args:
        side: the side, or `within`.
        margin: the margin.
        reach: the lowest and the highest possible effect.
    """
    low, high = reach
    furthest = {"above": high, "below": -low, "within": max(high, -low)}[side]
    if margin < furthest:
        return None
    if side == "within":
        return f"the claim is always true: no effect is larger than {furthest:g}"
    at = f"at most {high:g}" if side == "above" else f"at least {low:g}"
    return f"the claim can't come true: the effect is {at}, and the margin is {margin:g}"


AS: Mapping[Way, str] = {"above": "than", "below": "than", "same": "as"}
"""The conjunction after a comparison: higher than, the same as."""


def named(labels: Mapping[str, str], *spots: Spot) -> list[str]:
    """Spots in words: their variants, and their points on axes where these differ.

    If an experiment has only one variant, only the points are named.

    Args:
        labels: the names of the variants for readers.
        spots: the compared spots.
    """
    axes = dict.fromkeys(axis for spot in spots for axis in spot.at)
    moved = [axis for axis in axes if any(s.at.get(axis) != spots[0].at.get(axis) for s in spots)]
    points: list[list[str]] = [[] for _ in spots]
    for axis in moved:
        fixed = [place for place, spot in enumerate(spots) if axis in spot.fixed]
        texts = settings([spots[place].at[axis] for place in fixed])
        for place, text in zip(fixed, texts, strict=True):
            points[place].append(point_in_text(axis, text))
    alone = len(labels) == 1 and all(points)
    words = [
        ", ".join(here)
        if alone
        else f"{labels[spot.variant]} ({', '.join(here)})"
        if here
        else labels[spot.variant]
        for spot, here in zip(spots, points, strict=True)
    ]
    for place, spot in enumerate(spots):
        chosen = {axis: point for axis, point in spot.best.items() if axis in moved}
        words[place] += f" {where(chosen, each=False)}" if chosen else ""
    return words


def sides(labels: Mapping[str, str], of: Spot, other: Spot) -> list[str]:
    """Two sides in words: a variant that is on both is named once, after its points."""
    if of.variant != other.variant or len(labels) == 1:
        return named(labels, of, other)
    label = labels[of.variant]
    here, there = named({of.variant: label}, of, other)
    if label in (here, there) or here.startswith(f"{label} "):
        return named(labels, of, other)
    return [here, f"{there} ({label})"]


def with_itself(variant: str, key: str) -> Clash:
    """The mistake that a variant is compared with itself."""
    return f"{variant} is compared with itself", [(key,)]
