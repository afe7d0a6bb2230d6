"""The difference between two variants."""

from __future__ import annotations

from typing import ClassVar, Literal

from overfit.config.claims.sides import Minus
from overfit.config.names import Metric


class Difference(Minus):
    """A metric of one variant minus that of another, seed by seed.

    With `minus_at` it is minus that of the same or another variant elsewhere on the grid:
    `{difference: gap, of: baseline, at: {model.width: 800}, minus_at: {model.width: 10}, ...}`.
    The effect is the mean difference.
    """

    kind: ClassVar[str] = "difference"

    difference: Metric
    """The metric."""
    expect: Literal["above", "below"]
    """Where the claim expects the difference: above or below 0."""
