"""The equivalence of two variants."""

from __future__ import annotations

from typing import ClassVar

from overfit.config.claims.sides import Minus
from overfit.config.names import Metric


class Equivalent(Minus):
    """Whether a metric of two variants is the same up to the margin: two one-sided tests.

    The effect is the mean difference, seed by seed. The claim is supported if the whole 95%
    interval lies within plus or minus the margin, so each of the two tests is made at 2.5%:
    stricter than the customary 90% interval, and the same interval as everywhere else. It is
    contradicted if the whole interval lies beyond the margin on one side.
    """

    kind: ClassVar[str] = "equivalent"

    equivalent: Metric
    """The metric."""
