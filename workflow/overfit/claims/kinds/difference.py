"""The difference between two variants, or between two points of the grid."""

from __future__ import annotations

from overfit.claims.kind import MeanDifference
from overfit.claims.verdict import Direction
from overfit.config.names import Metric


class Difference(MeanDifference):
    """A metric of one variant minus that of another, seed by seed.

    With `minus_at` it is minus that of the same or another variant at other points of the grid:
    `{difference: gap, of: baseline, at: {model.width: 800}, minus_at: {model.width: 10}, ...}`.
    The effect is the mean difference.
    """

    difference: Metric
    """The metric."""
    expect: Direction
    """Where the claim expects the difference: above or below 0."""
