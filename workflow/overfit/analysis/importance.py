"""How much of the variance of scores each hyperparameter explains."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from overfit.analysis.fanova import shares_alone
from overfit.analysis.trials import costs


def importances(
    scores: pd.DataFrame,
    places: pd.DataFrame,
    choices: Mapping[str, int],
    objective: Mapping[str, str],
) -> pd.DataFrame:
    """The share of the variance that each key explains on its own and with others, by fANOVA.

    A random forest predicts the cost from the key's places; the variance of its prediction over
    the space is divided among the keys, and what is left to pairs and more is left out. Shares are
    scaled to a sum of 1. A trial that diverged costs as much as the worst of the others. Trials
    that were not trained to the end are left out.

    Args:
        scores: the table of `trial_scores`.
        places: the place of each trial on each key, a column a key: the position of a choice, a
            number between 0 and 1 otherwise; NaN where a condition did not hold.
        choices: how many values each key has that is a choice.
        objective: see `trial_scores`.

    Returns:
        A row a repeat, a column a key.

    Source: Hutter, Hoos, Leyton-Brown (2014), An efficient approach for assessing hyperparameter
    importance.
    """
    keys = sorted(map(str, places))  # their order decides between splits that are equally good
    # Where a condition does not hold, a choice has one more value, and a range its middle.
    filled = places.fillna({key: choices.get(key, 0.5) for key in keys})
    encoded = [_encoded(filled[key].to_numpy(float), choices.get(key)) for key in keys]
    ends = np.cumsum([0, *(columns.shape[1] for columns in encoded)])
    inputs = [range(*pair) for pair in pairwise(ends.tolist())]
    x = np.concatenate(encoded, axis=1)
    found = {}
    for repeat, rows in scores[scores["budget"] == 1].groupby("repeat"):
        cost = costs(rows, objective)
        cost = cost.where(cost < math.inf, cost[cost < math.inf].max())
        own = x[places.index.get_indexer(rows.index)]
        shares = shares_alone(own, np.asarray(cost, np.float64), inputs)
        total = shares.sum()
        found[repeat] = shares / total if total else np.full(len(keys), 1 / len(keys))
    return pd.DataFrame.from_dict(found, orient="index", columns=keys)[list(places)]


def _encoded(values: NDArray[np.float64], choices: int | None) -> NDArray[np.float64]:
    """Numbers as a column; positions of a choice as a column for each, 1 for the chosen one."""
    return values[:, None] if choices is None else np.eye(choices + 1)[values.astype(int)]
