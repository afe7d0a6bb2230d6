"""The trend of a metric along a grid axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from overfit.claims.finding import Finding, of_mean
from overfit.claims.samples import along_axis, without_noise
from overfit.claims.verdict import Expectation

SIDES: Mapping[str, Expectation] = {"increasing": "above", "decreasing": "below"}


def find(metrics: pd.DataFrame, test: Mapping[str, Any]) -> Finding:
    """The mean over seeds of Kendall's tau-b between the metric and the axis.

    With `minus` it is the tau of the difference between two variants. A seed without a value at one
    of the points has no tau.
    """
    name, at, axis = test["trend"], test.get("at", {}), test["along"]
    curves = along_axis(metrics, name, test["of"], at, axis)
    if "minus" in test:
        curves -= along_axis(metrics, name, test["minus"], at, axis)
    taus = np.sort(tau_of_curves(curves.dropna().to_numpy(float)))
    return of_mean(taus, test["margin"], SIDES[test["expect"]])


def tau_of_curves(curves: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kendall's tau-b of each row with the order of its columns; (n, points) -> (n,).

    `tau = (C - D) / sqrt(pairs (pairs - T))` with C pairs of points in rising order, D in falling
    order and T tied ones; 0 if all are tied.

    Source: Kendall (1945), The treatment of ties in ranking problems.
    """
    first, second = np.triu_indices(curves.shape[1], k=1)
    rounded = np.array([without_noise(curve) for curve in curves]).reshape(curves.shape)
    signs = np.sign(rounded[:, second] - rounded[:, first])
    untied = np.abs(signs).sum(axis=1)
    return signs.sum(axis=1) / np.sqrt(len(first) * np.maximum(untied, 1))
