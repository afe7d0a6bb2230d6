"""The level of a metric."""

from __future__ import annotations

from typing import ClassVar, Literal

from overfit.config.claims.test import Test
from overfit.config.model import Number
from overfit.config.names import Metric


class Level(Test):
    """A metric of one variant minus a constant. The effect is the mean difference."""

    kind: ClassVar[str] = "level"

    level: Metric
    """The metric."""
    value: Number
    """The constant."""
    expect: Literal["above", "below"]
    """Where the claim expects the metric: above or below the constant."""
