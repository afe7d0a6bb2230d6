"""The equivalence of two variants, by two one-sided tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from overfit.claims.kind import Minus
from overfit.claims.samples import Finding, ascending, differences, of_mean
from overfit.config.names import Metric
from overfit.metrics.resampling import CONFIDENCE, sign_flip_p

if TYPE_CHECKING:
    import pandas as pd


class Equivalent(Minus):
    """Whether a metric of two variants is the same up to the margin: two one-sided tests.

    The effect is the mean difference, seed by seed. The claim is supported if the whole 95%
    interval is within plus or minus the margin, so each of the two tests is made at 2.5%:
    stricter than the customary 90% interval, and the same interval as everywhere else. It is
    contradicted if the whole interval is beyond the margin on one side.
    """

    equivalent: Metric
    """The metric."""

    def find(self, metrics: pd.DataFrame, confidence: float = CONFIDENCE) -> Finding:
        """The mean over seeds of `of` minus `minus`, in the metric's unit.

        p is the larger of the two one-sided p-values, that the mean of `d + margin` is above 0 and
        that of `margin - d` is.

        Source: Schuirmann (1987), A comparison of the two one-sided tests procedure and the power
        approach.
        """
        d = ascending(differences(metrics, self.metric, *self.spots()))
        sides = (d + self.margin, self.margin - d)
        return replace(
            of_mean(d, confidence), p=max(sign_flip_p(side, "greater") for side in sides)
        )
