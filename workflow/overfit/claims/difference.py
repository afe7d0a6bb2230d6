"""The difference between two variants, seed by seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from overfit.claims.finding import Finding, of_mean
from overfit.claims.samples import ascending, two_sides


def find(metrics: pd.DataFrame, test: Mapping[str, Any]) -> Finding:
    """The mean over seeds of `of` minus `minus`, in the metric's unit."""
    return of_mean(paired_differences(metrics, test), test["margin"], test["expect"])


def paired_differences(metrics: pd.DataFrame, test: Mapping[str, Any]) -> NDArray[np.float64]:
    """The differences between two variants, one for each seed with a value on both sides.

    Args:
        metrics: the table of `metrics` of one experiment.
        test: `{difference: metric, of: variant, minus: variant}`, and maybe `at`, points on grid
            axes, and `minus_at`, the points of `minus` if they are others; over other axes a seed's
            metric is averaged.

    Returns:
        (n,) differences, ascending, in the metric's unit.
    """
    return ascending(differences(metrics, test["difference"], test))


def differences(metrics: pd.DataFrame, metric: str, sides: Mapping[str, Any]) -> pd.Series[float]:
    """A metric of the variant `of` at `at` minus that of `minus` at `minus_at`, by seed."""
    of, minus = two_sides(metrics, metric, sides)
    return of - minus
