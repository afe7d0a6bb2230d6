"""Synthetic experiments and claims about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from overfit.claims import decide
from tests.metrics.tables import metric_table

AXIS = "train.optimizer.lr"


def found(metrics: pd.DataFrame, **test: Any) -> dict[str, Any]:
    """The row of a claim with this test."""
    claim = {"id": "c", "says": "So it is.", "cites": "", "test": test}
    (row,) = decide([claim], metrics).to_dict("records")
    return row


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
