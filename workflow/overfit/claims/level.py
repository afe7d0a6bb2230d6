"""The level of a metric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from overfit.claims.finding import Finding, of_mean
from overfit.claims.samples import ascending, by_seed


def find(metrics: pd.DataFrame, test: Mapping[str, Any]) -> Finding:
    """The mean over seeds of `of` minus the constant `value`, in the metric's unit."""
    of = by_seed(metrics, test["level"], test["of"], test.get("at", {}))
    return of_mean(ascending(of - test["value"]), test["margin"], test["expect"])
