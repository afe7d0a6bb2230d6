"""Initial weights.

The weights of a layer with `n_in` inputs and `n_out` outputs have mean 0 and a standard deviation
that keeps signals from growing or fading on their way through many layers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from overfit.nn.checks import one_of, positive
from overfit.nn.scratch import Array

Distribution = Literal["normal", "uniform"]


class Initializer(Protocol):
    """Draws the initial weights of a layer."""

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """Weights (n_in, n_out), float64."""
        ...


@dataclass(frozen=True)
class He:
    """`std = sqrt(2 / n_in)`: keeps the signal's variance through ReLU layers.

    Source: He, Zhang, Ren, Sun (2015), Delving deep into rectifiers, equation 10.
    """

    distribution: Distribution = "normal"

    def __post_init__(self) -> None:
        one_of("distribution", self.distribution, ("normal", "uniform"))

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """Normal, or uniform with the same standard deviation."""
        return _draw(rng, self.distribution, math.sqrt(2 / n_in), (n_in, n_out))


@dataclass(frozen=True)
class Xavier:
    """Keeps the signal's variance through layers that are linear around 0.

    `fan="in"`: `std = sqrt(1 / n_in)`, the form of Deep Learning from Scratch, 6.2.2;
    `fan="average"`: `std = sqrt(2 / (n_in + n_out))`, a compromise with the gradient's variance.
    Both are the same for square layers.

    Source: Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward
    neural networks.
    """

    distribution: Distribution = "normal"
    fan: Literal["in", "average"] = "in"

    def __post_init__(self) -> None:
        one_of("distribution", self.distribution, ("normal", "uniform"))
        one_of("fan", self.fan, ("in", "average"))

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """Normal, or uniform with the same standard deviation."""
        fan = n_in if self.fan == "in" else (n_in + n_out) / 2
        return _draw(rng, self.distribution, math.sqrt(1 / fan), (n_in, n_out))


@dataclass(frozen=True)
class Normal:
    """Normal with one standard deviation for all layers."""

    std: float

    def __post_init__(self) -> None:
        positive("std", self.std)

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """Normal weights."""
        return _draw(rng, "normal", self.std, (n_in, n_out))


@dataclass(frozen=True)
class Orthogonal:
    """`gain` times a matrix with orthonormal rows or columns, whichever are fewer.

    Drawn uniformly among them: the orthogonal factor of a normal matrix, its signs made unique by
    the diagonal of the triangular factor.

    Source: Saxe, McClelland, Ganguli (2014), Exact solutions to the nonlinear dynamics of learning
    in deep linear neural networks.
    """

    gain: float = 1.0

    def __post_init__(self) -> None:
        positive("gain", self.gain)

    def draw(self, rng: np.random.Generator, n_in: int, n_out: int) -> Array:
        """Orthogonal weights."""
        tall = rng.normal(size=(max(n_in, n_out), min(n_in, n_out)))
        q, r = np.linalg.qr(tall)
        q *= np.sign(np.diag(r))
        return self.gain * (q if n_in >= n_out else q.T)


def _draw(
    rng: np.random.Generator, distribution: Distribution, std: float, shape: tuple[int, int]
) -> Array:
    if distribution == "normal":
        return rng.normal(0.0, std, shape)
    bound = math.sqrt(3) * std
    return rng.uniform(-bound, bound, shape)
