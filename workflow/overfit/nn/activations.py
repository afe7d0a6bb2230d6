"""Elementwise activations, each with its derivative beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from overfit.nn.layer import Arrays, Generators
from overfit.nn.scratch import Array, Scratch


@dataclass(frozen=True)
class _Activation:
    """An elementwise function whose derivative can be written with its own output."""

    def init(self, rng: np.random.Generator) -> tuple[Arrays, Arrays]:
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
    ) -> tuple[Array, Any]:
        y = self.value(x, scratch("y", x.shape))
        return y, y

    def backward(
        self,
        params: Arrays,
        cache: Any,
        dy: Array,
        *,
        grads: Arrays,
        scratch: Scratch,
        input_gradient: bool = True,
    ) -> Array | None:
        return self.chain(cache, dy, scratch("dx", dy.shape), scratch)

    def value(self, x: Array, out: Array) -> Array:
        raise NotImplementedError

    def chain(self, y: Array, dy: Array, out: Array, scratch: Scratch) -> Array:
        raise NotImplementedError


@dataclass(frozen=True)
class ReLU(_Activation):
    """`y = max(x, 0)`; `dx = dy [y > 0]`, so the derivative at 0 is 0."""

    def value(self, x: Array, out: Array) -> Array:
        """`max(x, 0)` into `out`."""
        return np.maximum(x, 0, out=out)

    def chain(self, y: Array, dy: Array, out: Array, scratch: Scratch) -> Array:
        """`dy [y > 0]` into `out`."""
        active = np.greater(y, 0, out=scratch("active", y.shape, bool))
        return np.multiply(dy, active, out=out)


@dataclass(frozen=True)
class Sigmoid(_Activation):
    """`y = 1 / (1 + exp(-x))`; `dx = dy y (1 - y)`.

    Computed as `(1 + tanh(x / 2)) / 2`, which neither overflows nor loses digits for any x.
    """

    def value(self, x: Array, out: Array) -> Array:
        """`(1 + tanh(x / 2)) / 2` into `out`."""
        np.multiply(x, 0.5, out=out)
        np.tanh(out, out=out)
        np.add(out, 1, out=out)
        return np.multiply(out, 0.5, out=out)

    def chain(self, y: Array, dy: Array, out: Array, scratch: Scratch) -> Array:
        """`dy y (1 - y)` into `out`."""
        np.subtract(1, y, out=out)
        np.multiply(out, y, out=out)
        return np.multiply(out, dy, out=out)


@dataclass(frozen=True)
class Tanh(_Activation):
    """`y = tanh(x)`; `dx = dy (1 - y^2)`."""

    def value(self, x: Array, out: Array) -> Array:
        """`tanh(x)` into `out`."""
        return np.tanh(x, out=out)

    def chain(self, y: Array, dy: Array, out: Array, scratch: Scratch) -> Array:
        """`dy (1 - y^2)` into `out`."""
        np.multiply(y, y, out=out)
        np.subtract(1, out, out=out)
        return np.multiply(out, dy, out=out)
