"""Whether searches end at the edge of the values that they tried, more often than by chance.

What lies beyond such an edge may be better. Then a claim about what the searches found would be
about the range of the search.
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
"""How often searches of a space whose values make no difference are called at the edge, at most."""


class Edge(NamedTuple):
    """Searches that end at one edge of what they tried."""

    key: str
    side: str
    """`lowest` or `highest`."""
    ended: int
    """How many searches have their best trial there."""
    searches: int

    def __str__(self) -> str:
        """`train.optimizer.lr: the best trial is the highest tried in 7 of 10 searches`."""
        where = f"{self.key}: the best trial is the {self.side} tried"
        return f"{where} in {self.ended} of {self.searches} searches"


def edges(scores: pd.DataFrame, space: Mapping[str, AnyDimension], metric: str) -> list[Edge]:
    """The edges at which the best trials of searches are more often than by chance.

    Where a key makes no difference, each of a search's trials is the best one equally often. So
    in a search the best trial has the highest value that was tried with a chance of h / g, where g
    trials did not diverge and h of them have that value: 1 / 10 of ten random trials. How often
    this happens in independent searches is a sum of Bernoulli variables. An edge is reported if at
    least so many are that often there with a probability of at most `CHANCE` divided by the number
    of edges of the space. Of one search of ten trials, this is never so.

    Trials that diverged were tried: a value beyond which training diverges is at no edge. Values of
    a choice have no order, and nothing lies below 0 or, of whole numbers, below 1.

    Args:
        scores: the table of `trial_scores`.
        space: where was searched.
        metric: what the searches optimize.
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
    """The probability that at least so many of independent events with these chances happen.

    The distribution of their number is computed event by event.
    """
    distribution: NDArray[np.float64] = np.ones(1)
    for chance in chances:
        distribution = np.convolve(distribution, [1 - chance, chance])
    return float(distribution[count:].sum())
