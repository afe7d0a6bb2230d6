"""The equivalence of two variants, by two one-sided tests."""

from __future__ import annotations

from overfit.claims.kind import MeanDifference
from overfit.config.names import Metric


class Equivalent(MeanDifference):
    """Whether a metric of two variants is the same up to the margin: two one-sided tests.

    The effect is the mean difference, seed by seed. The claim is supported if the whole 95%
    interval is within plus or minus the margin, so each of the two tests is made at 2.5%:
    stricter than the customary 90% interval, and the same interval as everywhere else. It is
    contradicted if the whole interval is beyond the margin on one side.

    Source: Schuirmann (1987), A comparison of the two one-sided tests procedure and the power
    approach.
    """

    equivalent: Metric
    """The metric."""
