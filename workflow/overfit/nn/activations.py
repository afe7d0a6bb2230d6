"""Elementwise activations, each with its derivative beside it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from overfit.nn.checks import between_0_and_1
from overfit.nn.layer import Arrays, Generators
from overfit.nn.scratch import Array, Scratch


@dataclass(frozen=True)
class Activation(ABC):
    """An elementwise function `value` and its derivative `slope`, given input and output.

    `out` may be `x` itself (unless `slope_needs_input`), or `dy` itself, which then are lost: a
    step that goes back over the same memory finds it in the cache.
    """

    slope_needs_input: ClassVar[bool] = False

    def init(self, rng: np.random.Generator) -> tuple[Arrays, Arrays]:
        """No parameters, no state."""
        return {}, {}

    def forward(
        self,
        params: Arrays,
        state: Arrays,
        x: Array,
        *,
        train: bool,
        rng: Generators,
        scratch: Scratch,
        out: Array | None = None,
    ) -> tuple[Array, Any]:
        """`y = f(x)`, in `out` if it is given."""
        y = self.value(x, scratch("y", x.shape) if out is None else out, scratch)
        return y, (x, y)

    def backward(
        self,
        params: Arrays,
        cache: Any,
        dy: Array,
        *,
        grads: Arrays,
        scratch: Scratch,
        input_gradient: bool = True,
        out: Array | None = None,
    ) -> Array | None:
        """`dx = f'(x) dy`, in `out` if it is given."""
        x, y = cache
        work = scratch("dx", dy.shape)
        slope = self.slope(x, y, work, scratch)
        return np.multiply(slope, dy, out=work if out is None else out)

    @abstractmethod
    def value(self, x: Array, out: Array, scratch: Scratch) -> Array:
        """`f(x)`, in `out`."""

    @abstractmethod
    def slope(self, x: Array, y: Array, out: Array, scratch: Scratch) -> Array:
        """`f'(x)`, in `out` or in an array of its own."""


@dataclass(frozen=True)
class ReLU(Activation):
    """`y = max(x, 0)`; the derivative is 1 above 0 and 0 elsewhere, at 0 too."""

    def value(self, x: Array, out: Array, scratch: Scratch) -> Array:
        """`max(x, 0)`; against an array of zeros it takes a quarter of the time."""
        return np.maximum(x, scratch.zeros(x.shape), out=out)

    def slope(self, x: Array, y: Array, out: Array, scratch: Scratch) -> Array:
        """`[y > 0]`, as truth values: cheaper to make than numbers."""
        return np.greater(y, 0, out=scratch("active", y.shape, bool))


@dataclass(frozen=True)
class LeakyReLU(Activation):
    """`y = x` above 0 and `leak x` elsewhere; the derivative at 0 is `leak`.

    Source: Maas, Hannun, Ng (2013), Rectifier nonlinearities improve neural network acoustic
    models.
    """

    slope_needs_input: ClassVar[bool] = True

    leak: float = 0.01

    def __post_init__(self) -> None:
        between_0_and_1("leak", self.leak)

    def value(self, x: Array, out: Array, scratch: Scratch) -> Array:
        """`max(x, leak x)`, which is the same since `leak <= 1`."""
        np.multiply(x, self.leak, out=out)
        return np.maximum(out, x, out=out)

    def slope(self, x: Array, y: Array, out: Array, scratch: Scratch) -> Array:
        """`leak + (1 - leak) [x > 0]`."""
        active = np.greater(x, 0, out=scratch("active", x.shape, bool))
        np.multiply(active, out.dtype.type(1 - self.leak), out=out)
        return np.add(out, self.leak, out=out)


@dataclass(frozen=True)
class Sigmoid(Activation):
    """`y = 1 / (1 + exp(-x))`; `dy/dx = y (1 - y)`.

    Computed as `(1 + tanh(x / 2)) / 2`, which does not overflow for any x.
    """

    def value(self, x: Array, out: Array, scratch: Scratch) -> Array:
        """`(1 + tanh(x / 2)) / 2`."""
        np.multiply(x, 0.5, out=out)
        np.tanh(out, out=out)
        np.add(out, 1, out=out)
        return np.multiply(out, 0.5, out=out)

    def slope(self, x: Array, y: Array, out: Array, scratch: Scratch) -> Array:
        """`y (1 - y)`."""
        np.subtract(1, y, out=out)
        return np.multiply(out, y, out=out)


@dataclass(frozen=True)
class Tanh(Activation):
    """`y = tanh(x)`; `dy/dx = 1 - y^2`."""

    def value(self, x: Array, out: Array, scratch: Scratch) -> Array:
        """`tanh(x)`."""
        return np.tanh(x, out=out)

    def slope(self, x: Array, y: Array, out: Array, scratch: Scratch) -> Array:
        """`1 - y^2`."""
        np.multiply(y, y, out=out)
        return np.subtract(1, out, out=out)


@dataclass(frozen=True)
class GELU(Activation):
    """`y = x Phi(x)` with the normal distribution function; `dy/dx = Phi(x) + x phi(x)`.

    Source: Hendrycks and Gimpel (2016), Gaussian error linear units.
    """

    slope_needs_input: ClassVar[bool] = True

    def value(self, x: Array, out: Array, scratch: Scratch) -> Array:
        """`x Phi(x)`."""
        return np.multiply(x, self._distribution(x, out), out=out)

    def slope(self, x: Array, y: Array, out: Array, scratch: Scratch) -> Array:
        """`Phi(x) + x exp(-x^2 / 2) / sqrt(2 pi)`."""
        density = scratch("density", x.shape)
        np.multiply(x, x, out=density)
        np.multiply(density, -0.5, out=density)
        np.exp(density, out=density)
        np.multiply(density, 1 / math.sqrt(2 * math.pi), out=density)
        np.multiply(density, x, out=density)
        return np.add(self._distribution(x, out), density, out=out)

    def _distribution(self, x: Array, out: Array) -> Array:
        """`Phi(x) = (1 + erf(x / sqrt 2)) / 2`."""
        from scipy.special import erf  # costs 0.1 s, more than some jobs do in all

        np.multiply(x, math.sqrt(0.5), out=out)
        erf(out, out=out)
        np.add(out, 1, out=out)
        return np.multiply(out, 0.5, out=out)
