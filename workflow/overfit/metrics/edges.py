"""Searches whose best trial has an extreme value more often than by chance.

Values beyond such an edge may be better. Then a claim about the results of the searches would be a
claim about their range.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from overfit.metrics.searches import costs
from overfit.search.dimensions import AnyDimension, Range

CHANCE = 0.05
"""The largest probability of reporting an edge in a space whose values make no difference."""


class Edge(NamedTuple):
    """Searches whose best trial is the lowest or highest tried value of a key."""

    key: str
    side: str
    """`lowest` or `highest`."""
    ended: int
    """The number of searches with their best trial there."""
    searches: int

    def __str__(self) -> str:
        """`train.optimizer.lr: the best trial is the highest tried in 7 of 10 searches`."""
        where = f"{self.key}: the best trial is the {self.side} tried"
        return f"{where} in {self.ended} of {self.searches} searches"


def edges(scores: pd.DataFrame, space: Mapping[str, AnyDimension], metric: str) -> list[Edge]:
    """The edges at which searches have their best trial more often than by chance.

    If a key makes no difference, each trial of a search is equally likely to be the best. So the
    best trial of a search has the highest tried value with the probability h / g, where g trials
    did not diverge and h of them have that value: 1 / 10 for ten random trials. The number of
    independent searches in which this happens is a sum of Bernoulli variables. An edge is reported
    if the probability of at least the observed number is at most `CHANCE` divided by the number of
    edges of the space. One search of ten trials can never reach this.

    Trials that diverged count as tried, so the largest value with which training still works is not
    an edge. Choices have no order, and 0, or 1 for whole numbers, is never an edge.

    Args:
        scores: the table of `trial_scores`.
        space: the space of the searches.
        metric: the metric that they optimize.
    """
    sides = [
        (key, side)
        for key, dimension in space.items()
        if isinstance(dimension, Range)
        for side in ("lowest", "highest")
        if side == "highest" or dimension.ends[0] > (1 if dimension.whole else 0)
    ]
    ranked = scores.assign(cost=costs(scores, metric)).sort_values(["cost", "loss", "trial"])
    whole = ranked[(ranked["budget"] == 1) & np.isfinite(ranked["cost"])]
    found = []
    for key, side in sides:
        ended, chances = 0, []
        for repeat, finished in whole.groupby("repeat"):
            tried = ranked.loc[ranked["repeat"] == repeat, key].dropna().astype(float)
            if pd.isna(finished[key].iloc[0]):
                continue
            values = finished[key].astype(float).to_numpy()
            there = values == (tried.max() if side == "highest" else tried.min())
            ended += int(there[0])
            chances.append(there.mean())
        if ended and at_least(ended, chances) <= CHANCE / len(sides):
            found.append(Edge(key, side, ended, len(chances)))
    return found


def at_least(count: int, chances: Iterable[float]) -> float:
    """The probability that at least `count` of independent events with these chances happen.

    The distribution of their number is computed event by event.
    """
    distribution: NDArray[np.float64] = np.ones(1)
    for chance in chances:
        distribution = np.convolve(distribution, [1 - chance, chance])
    return float(distribution[count:].sum())
