"""The difference between two variants, or between two points of the grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from overfit.claims.kind import Minus
from overfit.claims.samples import Finding, ascending, differences, of_mean
from overfit.claims.verdict import Direction
from overfit.config.names import Metric
from overfit.metrics.resampling import CONFIDENCE

if TYPE_CHECKING:
    import pandas as pd


class Difference(Minus):
    """A metric of one variant minus that of another, seed by seed.

    With `minus_at` it is minus that of the same or another variant at other points of the grid:
    `{difference: gap, of: baseline, at: {model.width: 800}, minus_at: {model.width: 10}, ...}`.
    The effect is the mean difference.
    """

    difference: Metric
    """The metric."""
    expect: Direction
    """Where the claim expects the difference: above or below 0."""

    def find(self, metrics: pd.DataFrame, confidence: float = CONFIDENCE) -> Finding:
        """The mean over seeds of `of` minus `minus`, in the metric's unit."""
        return of_mean(ascending(differences(metrics, self.metric, *self.spots())), confidence)
