"""The probability of improvement."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from overfit.config.claims.sides import Minus
from overfit.config.model import Number
from overfit.config.names import Metric


class Probability(Minus):
    """In what share of the seeds a metric of one variant is above that of another.

    Ties count half. The effect is this share, with Wilson's interval; it is judged against one
    half.
    """

    kind: ClassVar[str] = "probability"

    probability: Metric
    """The metric."""
    expect: Literal["above", "below"]
    """Where the claim expects the share: above or below one half."""
    margin: Number = Field(gt=0, lt=0.5)
    """The smallest distance from one half of interest: 0.2 asks for more than 70% of the seeds."""
