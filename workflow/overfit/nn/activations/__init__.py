"""Activations: one file per activation or family, with `PART`, a subclass of `Activation`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from overfit.nn.checks import Part
from overfit.nn.memory import Array, Arrays, Generators, Scratch


@dataclass(frozen=True)
class Activation(Part, ABC):
    """An elementwise function `value` and its derivative `slope`, given input and output.

    `out` may be `x` itself (unless `slope_needs_input`) or `dy` itself, which is then overwritten:
    reusing memory that is still in the cache is faster.
    """

    slope_needs_input: ClassVar[bool] = False
    masks: ClassVar[bool] = False
    """Whether the slope is 0 where the output is 0, and elsewhere stays the same if the output is
    multiplied by a positive number: then dropout needs no mask of its own."""

    def in_place_after(self, previous: Any) -> bool:
        """Whether `out` may be the input: nobody reads it later, nor does the layer before."""
        return not self.slope_needs_input and getattr(previous, "overwritable", False)

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
        work = scratch.other(dy, dy.shape)
        slope = self.slope(x, y, work, scratch)
        return np.multiply(slope, dy, out=work if out is None else out)

    @abstractmethod
    def value(self, x: Array, out: Array, scratch: Scratch) -> Array:
        """`f(x)`, in `out`."""

    @abstractmethod
    def slope(self, x: Array, y: Array, out: Array, scratch: Scratch) -> Array:
        """`f'(x)`, in `out` or in another array."""
