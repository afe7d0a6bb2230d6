"""The interaction of two choices: a difference of differences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from overfit.claims.difference import differences
from overfit.claims.finding import Finding, of_mean
from overfit.claims.samples import ascending


def find(metrics: pd.DataFrame, test: Mapping[str, Any]) -> Finding:
    """The mean over seeds of (`of` minus `minus`) minus the same of `versus`."""
    one, other = (
        differences(metrics, test["interaction"], sides) for sides in (test, test["versus"])
    )
    return of_mean(ascending(one - other), test["margin"], test["expect"])
