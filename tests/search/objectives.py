"""Functions with a known minimum of 0 on the unit cube, and searches of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from overfit.config.dimensions import Uniform
from overfit.search.method import Method, Round

Objective = Callable[[np.ndarray], float]


def sphere(x: np.ndarray) -> float:
    """The squared distance to a point, the same in every coordinate."""
    return float(np.sum((x - 0.3) ** 2))


def branin(x: np.ndarray) -> float:
    """Three minima (Branin 1972; Dixon and Szegö 1978)."""
    a, b = 15 * x[0] - 5, 15 * x[1]
    valley = b - 5.1 / (4 * np.pi**2) * a**2 + 5 / np.pi * a - 6
    return float(valley**2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(a) + 10 - 0.397887)


_ALPHA = np.array([1.0, 1.2, 3.0, 3.2])
_A = np.array(
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ]
)
_P = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)


def hartmann(x: np.ndarray) -> float:
    """Six minima in six dimensions (Hartmann 1972)."""
    return float(3.32237 - _ALPHA @ np.exp(-(_A * (x - _P) ** 2).sum(axis=1)))


def two_matter(x: np.ndarray) -> float:
    """Six dimensions, of which the second and the fifth matter."""
    return float(np.hypot(x[1] - 0.72, x[4] - 0.21))


OBJECTIVES: dict[str, tuple[Objective, int]] = {
    "sphere": (sphere, 6),
    "branin": (branin, 2),
    "hartmann": (hartmann, 6),
    "two of six matter": (two_matter, 6),
}


def cube(dimensions: int, points: int | None = None) -> dict[str, Uniform]:
    """The unit cube as a space."""
    return {f"x{i}": Uniform(uniform=(0.0, 1.0), points=points) for i in range(dimensions)}


def searched(method: Method, objective: Callable[..., float]) -> list[Round]:
    """All rounds of a search of a function of the values, in the order of their keys."""
    told: list[Round] = []
    while trials := method.propose(told):
        found = [objective(np.array(list(sorted_values(trial.values)))) for trial in trials]
        told.append(Round(trials, found))
    return told


def sorted_values(values: Any) -> list[Any]:
    return [values[key] for key in sorted(values)]


def best(method: Method, objective: Objective) -> float:
    """The lowest cost that a search finds."""
    return min(cost for round_ in searched(method, objective) for cost in round_.costs)
