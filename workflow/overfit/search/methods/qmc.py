"""Quasi-Monte Carlo: Sobol points.

Optuna draws them in the unit cube, one coordinate per key. Coordinates of keys whose condition does
not hold are not used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from overfit.search.methods import OneRound
from overfit.search.sampling import quiet_study
from overfit.search.space import Cube, Values

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution


@dataclass(frozen=True)
class Sobol(OneRound):
    """Sobol points: random, but evenly spread.

    Powers of 2 are the best numbers of trials.

    Source: Sobol (1967); Owen (1998), Scrambling Sobol and Niederreiter-Xing points.
    """

    def draw(self) -> list[Values]:
        """All trials."""
        from optuna.distributions import FloatDistribution
        from optuna.samplers import QMCSampler
        from optuna.trial import create_trial

        cube = Cube(self.space)
        unit: dict[str, BaseDistribution] = {key: FloatDistribution(0, 1) for key in cube.keys}
        with quiet_study(lambda: QMCSampler(scramble=True, seed=self.seed)) as study:
            # The sampler takes its space from the first trial, which would not be a Sobol point.
            study.add_trial(
                create_trial(params=dict.fromkeys(unit, 0.5), distributions=unit, value=0)
            )
            points = [study.ask(unit).params for _ in range(self.trials)]
        return [cube.values(np.array([point[key] for key in cube.keys])) for point in points]
