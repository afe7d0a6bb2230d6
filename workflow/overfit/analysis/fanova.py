"""Functional analysis of variance: how much of a function's variance each input explains alone.

Optuna's evaluator, with which the tests compare, goes down each tree once for each cell of a
partition. Here the boxes of a tree's leaves are laid out once, and all cells are one product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

TREES = 64
DEPTH = 64

Numbers = NDArray[np.float64]


def shares_alone(x: Numbers, y: Numbers, inputs: Sequence[Sequence[int]]) -> Numbers:
    """The share of the variance that each input explains on its own, the mean over a forest.

    A random forest predicts y. For each tree, an input's share is the variance of its prediction
    over the unit cube once all other inputs are averaged out, divided by that of its prediction.

    Args:
        x: (n, d), from 0 to 1.
        y: (n,).
        inputs: the columns of x of each input; several for a choice, of which one is 1.

    Returns:
        (len(inputs),); 0 if all y are equal.

    Source: Hutter, Hoos, Leyton-Brown (2014), An efficient approach for assessing hyperparameter
    importance, algorithms 1 and 2.
    """
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(TREES, max_depth=DEPTH, random_state=0).fit(x, y)
    leaves = [_leaves(tree.tree_, x.shape[1]) for tree in forest.estimators_]
    varying = [one for one in leaves if one.variance > 0]
    shares = [[one.marginal_variance(c) / one.variance for c in inputs] for one in varying]
    return np.mean(shares, axis=0) if shares else np.zeros(len(inputs))


@dataclass(frozen=True)
class _Leaves:
    """What the L leaves of a tree predict (L,), and their boxes, from low to high (L, d)."""

    value: Numbers
    low: Numbers
    high: Numbers

    @property
    def variance(self) -> float:
        """Of the prediction, over the cube."""
        return _variance(self.value, np.prod(self.high - self.low, axis=1))

    def marginal_variance(self, columns: Sequence[int]) -> float:
        """Of the prediction as a function of some columns, the others being averaged out.

        Between two neighbouring edges of the boxes that function is constant: the value of such a
        cell is the mean over the leaves that reach into it, by what they fill of the other columns.
        """
        others = np.delete(self.high - self.low, columns, axis=1).prod(axis=1)
        inside, size = np.ones((1, len(others)), bool), np.ones(1)
        for column in columns:
            low, high = self.low[:, column], self.high[:, column]
            edges = np.unique([low, high])
            middle = ((edges[1:] + edges[:-1]) / 2)[:, None]
            within = (low < middle) & (middle < high)
            inside = (inside[:, None] & within).reshape(-1, len(others))
            size = np.outer(size, np.diff(edges)).ravel()
        filled = inside @ others
        return _variance(inside @ (others * self.value) / filled, filled * size)


def _leaves(tree: Any, columns: int) -> _Leaves:
    """The leaves of one of scikit-learn's trees; parents come before their children there."""
    left, right, feature, threshold = (
        part.tolist()
        for part in (tree.children_left, tree.children_right, tree.feature, tree.threshold)
    )
    low, high = np.zeros((len(left), columns)), np.ones((len(left), columns))
    for node, column in enumerate(feature):
        if column >= 0:
            for child, ends in ((left[node], high), (right[node], low)):
                low[child], high[child] = low[node], high[node]
                ends[child, column] = threshold[node]
    leaf = tree.feature < 0
    return _Leaves(tree.value[leaf, 0, 0], low[leaf], high[leaf])


def _variance(values: Numbers, weights: Numbers) -> float:
    mean = np.average(values, weights=weights)
    return float(np.average((values - mean) ** 2, weights=weights))
