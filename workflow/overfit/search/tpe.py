"""The tree-structured Parzen estimator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from optuna.samplers import TPESampler

from overfit.search.distributions import ask
from overfit.search.method import Sequential
from overfit.search.trials import Values


@dataclass(frozen=True)
class Tpe(Sequential):
    """Densities l of the good trials and g of the others; the next trial has a large l / g.

    Optuna's sampler, with one density over all keys (a group of keys for each condition). Within a
    round, trials that have no cost yet count as bad, which keeps the round apart.

    Source: Bergstra, Bardenet, Bengio, Kegl (2011), Algorithms for hyper-parameter optimization;
    Watanabe (2023), Tree-structured Parzen estimator.
    """

    def learn(
        self, known: Sequence[Values], costs: NDArray[np.float64], count: int, seed: int
    ) -> list[Values]:
        """The values of new trials."""
        sampler = partial(TPESampler, seed=seed, multivariate=True, group=True, constant_liar=True)
        return ask(sampler, self.space, count, known, costs)
