"""The tree-structured Parzen estimator.

Optuna's sampler, with one density over all keys (a group of keys for each condition). Within a
round, trials that have no cost yet count as bad, which keeps the trials of a round apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from overfit.search.methods import Sequential
from overfit.search.sampling import ask
from overfit.search.space import Values


@dataclass(frozen=True)
class Tpe(Sequential):
    """Tree-structured Parzen estimator: where good trials are dense and bad ones rare.

    Learns from each round after the first, which has 10 random trials.

    Source: Bergstra, Bardenet, Bengio, Kegl (2011), Algorithms for hyper-parameter optimization;
    Watanabe (2023), Tree-structured Parzen estimator.
    """

    def learn(
        self, known: Sequence[Values], costs: NDArray[np.float64], count: int, seed: int
    ) -> list[Values]:
        """The values of new trials."""
        from optuna.samplers import TPESampler

        def sampler() -> TPESampler:
            return TPESampler(
                n_startup_trials=self.start,
                seed=seed,
                multivariate=True,
                group=True,
                constant_liar=True,
            )

        return ask(sampler, self.space, count, known, costs)
