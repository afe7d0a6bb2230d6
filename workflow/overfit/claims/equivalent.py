"""The equivalence of two variants: two one-sided tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from overfit.claims.difference import differences
from overfit.claims.finding import Finding, of_mean
from overfit.claims.resampling import sign_flip_p
from overfit.claims.samples import ascending
from overfit.claims.verdict import equivalence_verdict


def find(metrics: pd.DataFrame, test: Mapping[str, Any]) -> Finding:
    """The mean over seeds of `of` minus `minus`, and whether it is within the margin.

    p is the larger of the two one-sided p-values, that the mean of `d + margin` is above 0 and that
    of `margin - d` is.

    Source: Schuirmann (1987), A comparison of the two one-sided tests procedure and the power
    approach.
    """
    margin = test["margin"]
    d = ascending(differences(metrics, test["equivalent"], test))
    found = of_mean(d, margin, "above")
    return replace(
        found,
        p=max(sign_flip_p(side, "greater") for side in (d + margin, margin - d)),
        verdict=equivalence_verdict(found.low, found.high, margin=margin),
    )
