"""Spaces to search, functions with a known minimum of 0 on the unit cube, and their searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from overfit.search.dimensions import Choice, Int, LogInt, LogUniform, Uniform
from overfit.search.methods import Method, Round

MIXED = {
    "lr": LogUniform(log_uniform=(1e-6, 1e-2), points=3),
    "rate": Uniform(uniform=(0.0, 0.5), points=2),
    "depth": Int(int=(1, 4)),
    "width": LogInt(log_int=(10, 200), points=3),
    "norm": Choice(choice=(True, None)),
    "optimizer": Choice(choice=("sgd", "momentum", "adam")),
    "momentum": Uniform(uniform=(0.0, 0.9), points=2, when={"optimizer": "momentum"}),
    "nesterov": Choice(choice=(False, True), when={"optimizer": "momentum", "depth": [1, 2]}),
}
"""Every kind of dimension, and conditions on conditions."""


def is_in_space(values) -> bool:
    """Whether values lie in MIXED and are there exactly where their conditions hold."""
    momentum = values["optimizer"] == "momentum"
    return (
        set(values) - {"momentum", "nesterov"} == set(MIXED) - {"momentum", "nesterov"}
        and 1e-6 <= values["lr"] <= 1e-2
        and 0 <= values["rate"] <= 0.5
        and values["depth"] in (1, 2, 3, 4)
        and isinstance(values["width"], int)
        and 10 <= values["width"] <= 200
        and values["norm"] in (True, None)
        and values["optimizer"] in ("sgd", "momentum", "adam")
        and ("momentum" in values) is momentum
        and 0 <= values.get("momentum", 0) <= 0.9
        and ("nesterov" in values) is (momentum and values["depth"] <= 2)
    )


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
