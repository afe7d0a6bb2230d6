"""The ratio of two variants."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from overfit.config.claims.sides import TwoSided
from overfit.config.claims.test import At
from overfit.config.model import Number
from overfit.config.names import PositiveMetric, VariantName


class Ratio(TwoSided):
    """How many times a metric of one variant is that of another, seed by seed.

    The effect is the geometric mean of the ratios. It is judged on the logarithmic scale, on which
    half and twice are equally far from 1. A seed with a metric of 0 has no ratio and is left out.
    """

    kind: ClassVar[str] = "ratio"
    other: ClassVar[str] = "to"

    ratio: PositiveMetric
    """The metric; one that can't be 0 or negative."""
    to: VariantName | None = None
    """The variant to compare with, below the line; without it, `of` at other points."""
    to_at: At | None = None
    """Other points on grid axes that `at` names, for what is below the line."""
    expect: Literal["above", "below"]
    """Where the claim expects the ratio: above or below 1."""
    margin: Number = Field(gt=0)
    """The smallest effect of interest as a fraction: 0.1 is a factor of 1.1 either way."""
