"""What claims are about: a metric of each seed, at one place on the grid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def by_seed(
    metrics: pd.DataFrame, metric: str, variant: str, at: Mapping[str, Any]
) -> pd.Series[float]:
    """A metric of a variant by seed, averaged over the grid axes that `at` doesn't name.

    A seed without a value at one of their points has no average: NaN.
    """
    grouped = _at(metrics, metric, variant, at).groupby("seed")["value"]
    return grouped.mean().where(grouped.count() == grouped.size())


def two_sides(
    metrics: pd.DataFrame, metric: str, test: Mapping[str, Any], other: str = "minus"
) -> tuple[pd.Series[float], pd.Series[float]]:
    """A metric of `of`, and of the variant that the key `other` names, each at its place."""
    at = test.get("at", {})
    return (
        by_seed(metrics, metric, test["of"], at),
        by_seed(metrics, metric, test[other], test.get(f"{other}_at", at)),
    )


def along_axis(
    metrics: pd.DataFrame, metric: str, variant: str, at: Mapping[str, Any], axis: str
) -> pd.DataFrame:
    """A metric of a variant, a row a seed and a column a point of an axis, in ascending order.

    It is averaged over all other axes that `at` doesn't name; see `by_seed`.
    """
    grouped = _at(metrics, metric, variant, at).groupby(["seed", axis])["value"]
    return grouped.mean().where(grouped.count() == grouped.size()).unstack(axis)


def ascending(differences: pd.Series[float]) -> NDArray[np.float64]:
    """The differences that exist, (n,), sorted, so that the order of seeds is forgotten."""
    return np.sort(differences.dropna().to_numpy(float))


def without_noise(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values without their last digits, which decide on no order: 0.3 - 0.1 is 0.2."""
    finite = np.abs(values[np.isfinite(values)])
    scale = finite.max() if finite.size and finite.max() > 0 else 1.0
    return (values / scale).round(12)


def _at(metrics: pd.DataFrame, metric: str, variant: str, at: Mapping[str, Any]) -> pd.DataFrame:
    chosen = (metrics["metric"] == metric) & (metrics["variant"] == variant)
    for axis, point in at.items():
        chosen &= metrics[axis] == point
    return metrics[chosen]
