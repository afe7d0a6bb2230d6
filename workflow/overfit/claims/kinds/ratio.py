"""The ratio of two variants."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from overfit.claims.kind import AS, Centred, TwoSided, sides
from overfit.claims.places import At
from overfit.claims.samples import Finding, by_seed
from overfit.claims.verdict import Direction, Effect, Unit, Way
from overfit.config.deferred import pd
from overfit.config.model import Number
from overfit.config.names import PositiveMetric, VariantName
from overfit.metrics.table import Metric as Wording


class Ratio(Centred, TwoSided):
    """How many times a metric of one variant is that of another, seed by seed.

    The effect is the geometric mean of the ratios. It is judged on the logarithmic scale, on which
    half and twice are equally far from 1. A seed with a metric of 0 has no ratio and is left out.
    """

    noun: ClassVar[str] = "ratio"
    other: ClassVar[str] = "to"

    ratio: PositiveMetric
    """The metric; it must be positive."""
    to: VariantName | None = None
    """The variant to divide by; without it, `of` at other points."""
    to_at: At | None = None
    """Other points on grid axes that `at` names, for the variant to divide by."""
    expect: Direction
    """Where the claim expects the ratio: above or below 1."""
    margin: Number = Field(gt=0)
    """The smallest effect of interest as a fraction: 0.1 is a factor of 1.1 either way."""

    def sample(self, metrics: pd.DataFrame) -> pd.Series[float]:
        """The logarithm of `of` divided by `to`."""
        of, to = (by_seed(metrics, self.metric, *spot) for spot in self.spots())
        return (of.where(of > 0) / to.where(to > 0)).map(math.log, na_action="ignore")

    def judge(self, sample: pd.Series[float], confidence: float) -> Finding:
        """The centre of the logarithms and its interval, turned into ratios."""
        found = super().judge(sample, confidence)
        return replace(
            found,
            estimate=math.exp(found.estimate),
            low=math.exp(found.low),
            high=math.exp(found.high),
            above=lambda bound: found.above(math.log(bound)),
            below=lambda bound: found.below(math.log(bound)),
        )

    def reach(self) -> tuple[float, float]:
        """Any ratio."""
        return -math.inf, math.inf

    def finds(self, labels: Mapping[str, str], way: Way) -> str:
        """On which side the metric is higher."""
        of, to = sides(labels, *self.spots())
        return f"{self.wording.compared(way)} with {of} {AS[way]} with {to}"

    def amount(self, estimate: float, low: float, high: float) -> str:
        """By which factor."""
        unit = self.effect.unit
        return f"by a factor of {unit.wording.value(estimate)} {unit.interval(low, high)}"

    def compares(self, labels: Mapping[str, str]) -> str:
        """Both sides."""
        of, to = sides(labels, *self.spots())
        return f"{self.wording.label}: {of} divided by {to}"

    @classmethod
    def unit(cls, name: str) -> Unit:
        """A factor: ×1.10."""
        return Unit(Wording("Ratio"), signed=False, prefix="×")

    @property
    def effect(self) -> Effect:
        """A factor around 1."""
        unit, factor = self.unit(self.metric), 1 + self.margin
        margin = f"a factor of {unit.wording.value(factor)}"
        band = (1 / factor, factor)
        return Effect(
            unit, 1.0, band, self.expect, margin, noun=self.noun, log=True,
            movable=self.statistic == "mean",
        )  # fmt: skip
