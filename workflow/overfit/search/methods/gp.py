"""Bayesian optimization: a Gaussian process and its expected improvement.

The process has a Matern kernel of smoothness 5/2 with one length scale per feature, and noise. All
are fitted by maximum likelihood, once per round. The trials of a round are chosen one after the
other: a chosen trial counts as if it had the expected cost, so the next one is elsewhere ("kriging
believer"). Optuna has a Gaussian process, too, but it needs PyTorch: 750 MB on disk, and seconds
before the first trial.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.search import sampling
from overfit.search.methods import START, Sequential
from overfit.search.space import Cube, Points, Values

SPREAD, NEAR = 512, 64
"""Candidates all over the cube, and near each of the best trials at each scale."""
SCALES = (0.1, 0.03, 0.01)
BEST = 3


def expected_improvement(mean: Points, deviation: Points, best: float) -> Points:
    """The expected improvement of a normal variable over `best`: E max(best - Y, 0).

    With z = (best - mean) / deviation it is `(best - mean) Phi(z) + deviation phi(z)`; without
    deviation, max(best - mean, 0).

    Source: Jones, Schonlau, Welch (1998), Efficient global optimization.
    """
    from scipy.special import ndtr

    gain = best - mean
    z = gain / np.maximum(deviation, np.finfo(np.float64).tiny)
    with np.errstate(over="ignore", under="ignore"):
        density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return np.maximum(gain * ndtr(z) + deviation * density, 0.0)


@dataclass(frozen=True)
class Gp(Sequential):
    """Gaussian process: where it expects the largest improvement over the best trial.

    Learns from each round after the first, which has 10 random trials, or two for each key (of a
    choice, for each value) if these are more.

    Source: Snoek, Larochelle, Adams (2012), Practical Bayesian optimization; Ginsbourger, Le Riche,
    Carraro (2010), Kriging is well-suited to parallelize optimization.
    """

    @property
    def start(self) -> int:
        """Twice the number of features, if that is more."""
        cube = Cube(self.space)
        return max(START, 2 * cube.features(np.full((1, cube.size), 0.5)).shape[1])

    def learn(
        self, known: Sequence[Values], costs: NDArray[np.float64], count: int, seed: int
    ) -> list[Values]:
        """The values of new trials."""
        cube = Cube(self.space)
        x = cube.features(np.array([cube.point(values) for values in known]).reshape(-1, cube.size))
        if len(known) < self.start or np.ptp(costs) == 0:
            return sampling.draw(self.space, count, seed)
        rng = np.random.default_rng(seed)
        y = (costs - costs.mean()) / costs.std()
        model = _fitted(x, y)
        best = np.array([cube.point(known[i]) for i in np.argsort(costs, kind="stable")[:BEST]])
        chosen: list[Values] = []
        while True:
            candidates = _candidates(best, rng)
            features = cube.features(candidates)
            mean, deviation = model.predict(features, return_std=True)
            top = int(np.argmax(expected_improvement(mean, deviation, float(y.min()))))
            chosen.append(cube.values(candidates[top]))
            if len(chosen) == count:
                return chosen
            x, y = np.vstack([x, features[top]]), np.append(y, mean[top])
            model = _with_kernel(model.kernel_).fit(x, y)


def _candidates(best: Points, rng: np.random.Generator) -> Points:
    """Points (n, d) all over the cube, and near the best ones, where some coordinates move."""
    width = best.shape[1]
    near = np.repeat(best, NEAR * len(SCALES), axis=0)
    scale = np.tile(SCALES, len(near) // len(SCALES))[:, None]
    moves = rng.random(near.shape) < max(0.5, 1 / width)
    near = near + moves * scale * rng.standard_normal(near.shape)
    return np.clip(np.vstack([rng.random((SPREAD, width)), near]), 0.0, 1.0)


def _fitted(x: Points, y: Points) -> Any:
    """The process with the most likely kernel."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

    smooth = Matern(np.full(x.shape[1], 0.5), (0.05, 20.0), nu=2.5)
    kernel = ConstantKernel(1.0, (0.01, 100.0)) * smooth + WhiteKernel(0.01, (1e-6, 1.0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a length at its bound is an answer
        return _with_kernel(kernel, optimizer="fmin_l_bfgs_b").fit(x, y)


def _with_kernel(kernel: Any, optimizer: str | None = None) -> Any:
    from sklearn.gaussian_process import GaussianProcessRegressor

    return GaussianProcessRegressor(kernel, alpha=1e-8, optimizer=optimizer)
