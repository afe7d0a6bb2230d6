"""Synthetic experiments, and claims about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from overfit.claims.claim import Claim
from overfit.claims.places import Spot
from overfit.claims.samples import differences
from overfit.claims.table import decide
from overfit.claims.verdict import Effect, Side, Unit, difference
from overfit.metrics.table import Metric
from tests.metrics.tables import metric_table

AXIS = "train.optimizer.lr"


def claim(**test: Any) -> Claim:
    """A claim with this test."""
    return Claim.model_validate({"id": "c", "says": "So it is.", "test": test})


def found(metrics: pd.DataFrame, **test: Any) -> dict[str, Any]:
    """The row of a claim with this test."""
    (row,) = decide([claim(**test)], metrics).to_dict("records")
    return row


def paired_differences(metrics: pd.DataFrame, test: Mapping[str, Any]) -> np.ndarray:
    """The differences of a test between variants at one place, one per seed, ascending."""
    sides = (Spot(test[side], test.get("at", {})) for side in ("of", "minus"))
    return np.sort(differences(metrics, test["difference"], *sides).dropna())


def on_axis(
    curves: Mapping[str, np.ndarray], points: Sequence[float], metric: str = "test_accuracy"
) -> pd.DataFrame:
    """Metrics of variants with curves (seeds, points) along a grid axis."""
    tables = []
    for column, point in enumerate(points):
        table = metric_table({name: c[:, column] for name, c in curves.items()}, metric)
        table.insert(2, AXIS, point)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def numbers(row: Mapping[str, Any]) -> list[float]:
    """Estimate and interval."""
    return [row["estimate"], row["ci_low"], row["ci_high"]]


def an_effect(margin: float = 0.02, side: Side = "above") -> Effect:
    """A difference that is judged against this margin."""
    return difference(Unit(Metric("Gap")), margin, side)
