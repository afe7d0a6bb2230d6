"""Methods that learn nothing from their trials: random, grid, random over a grid, Sobol."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import optuna
from optuna.samplers import QMCSampler, RandomSampler

from overfit.config.space import grid
from overfit.search.cube import Cube
from overfit.search.distributions import ask, experimental
from overfit.search.method import OneRound
from overfit.search.trials import Values


@dataclass(frozen=True)
class Random(OneRound):
    """Each trial is drawn independently, every value with the odds that its dimension says.

    Source: Bergstra and Bengio (2012), Random search for hyper-parameter optimization.
    """

    def draw(self) -> list[Values]:
        """All trials."""
        return ask(partial(RandomSampler, seed=self.seed), self.space, self.trials)


@dataclass(frozen=True)
class Grid(OneRound):
    """The points of the grid in their order; evenly spread ones, if trials are fewer.

    Optuna's sampler of grids visits them in a random order and knows no conditions.
    """

    def draw(self) -> list[Values]:
        """All trials."""
        points = grid(self.space)
        spread = np.linspace(0, points.size - 1, min(self.trials, points.size)).round()
        return [points.point(int(number)) for number in spread]


@dataclass(frozen=True)
class RandomGrid(OneRound):
    """Points of the grid, drawn without replacement."""

    def draw(self) -> list[Values]:
        """All trials."""
        points = grid(self.space)
        rng = np.random.default_rng(self.seed)
        drawn = rng.choice(points.size, min(self.trials, points.size), replace=False)
        return [points.point(int(number)) for number in drawn]


@dataclass(frozen=True)
class Sobol(OneRound):
    """Scrambled Sobol points: random, but more evenly spread over the space.

    Optuna draws them in the unit cube, one dimension a key; those of keys whose condition does not
    hold are not used. Powers of 2 are the best numbers of trials.

    Source: Sobol (1967); Owen (1998), Scrambling Sobol and Niederreiter-Xing points.
    """

    def draw(self) -> list[Values]:
        """All trials."""
        cube = Cube(self.space)
        unit: dict[str, optuna.distributions.BaseDistribution] = {
            key: optuna.distributions.FloatDistribution(0, 1) for key in cube.keys
        }
        with experimental():
            study = optuna.create_study(sampler=QMCSampler(scramble=True, seed=self.seed))
        # The sampler takes its space from the first trial, which would not be a Sobol point.
        study.add_trial(
            optuna.trial.create_trial(params=dict.fromkeys(unit, 0.5), distributions=unit, value=0)
        )
        points = [study.ask(unit).params for _ in range(self.trials)]
        return [cube.values(np.array([point[key] for key in cube.keys])) for point in points]
