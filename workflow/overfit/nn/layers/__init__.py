"""Layers of every hidden layer: a file for each, with `PART`, as `Layer` says.

A hidden layer is affine, layers with `place = "before"`, activation, layers with `place = "after"`
(the default), layers with `place = "last"`; normalizations come first in their place, others follow
in the order of their names. In YAML each is a key of its own, such as `dropout`. What else a class
may say of itself, none of which it must:

* `place`, also as a setting; `normalizes`, of which only one may be on;
* `smallest_batch`: the images that a batch needs in training;
* `overwritable`: whether the activation behind it may write over its output;
* `spread()`: the layers on the input and in each hidden layer, where these are not None and itself;
* `widths(hidden)`: the units of the hidden layers that it wants;
* `sampled()`: the layer as Monte Carlo evaluation uses it;
* `idle`: whether it does nothing, so that it is the same as none;
* `compat`: its settings in a bundle of conventions.

A field `n` is no setting: it gets the number of units.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

import numpy as np

from overfit.nn.memory import Array, Arrays, Generators, Scratch

PLACES = ("before", "after", "last")
T = TypeVar("T")


class Layer(Protocol):
    """A frozen description of one operation; it owns no arrays.

    Parameters, state, randomness and scratch memory come in as arguments. `init` makes the arrays
    of one replicate; `forward` and `backward` work on R replicates at once and write into scratch
    memory, so that a result is good until the next call with the same scratch.
    """

    def init(self, rng: np.random.Generator) -> tuple[Arrays, Arrays]:
        """Parameters and state of one replicate, float64. Weights are called `W`."""
        ...

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
        """Map x (R, B, in) to y (R, B, out), and give what `backward` needs; update `state`."""
        ...

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
        """Map dL/dy (R, B, out) to dL/dx (R, B, in); write dL/dparams into `grads`."""
        ...


def in_place(layers: Iterable[T], place: str) -> list[T]:
    """Those of some layers, or classes of layers, with this place, normalizations first."""
    there = [layer for layer in layers if getattr(layer, "place", "after") == place]
    return sorted(there, key=lambda layer: not normalizes(layer))


def normalizes(layer: Any) -> bool:
    """Whether a layer, or a class of layers, is a normalization."""
    return bool(getattr(layer, "normalizes", False))


def spread(layer: Any) -> tuple[Layer | None, Layer | None]:
    """What a layer puts on the input, and into each hidden layer."""
    return layer.spread() if hasattr(layer, "spread") else (None, layer)
