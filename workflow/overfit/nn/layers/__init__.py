"""Layers that are added to every hidden layer: one file each, with `PART`, see `Layer`.

A hidden layer is affine, layers with `place = "before"`, activation, layers with `place = "after"`
(the default), layers with `place = "last"`. One with `place = "affine"`, a subclass of
`overfit.nn.affine.Affine`, replaces the affine layer. In each place, normalizations come first,
then the others in the order of their names. In YAML each is a separate key, such as `dropout`. A
class may also have these attributes; all are optional:

* `place`, which may be a setting; `normalizes`: only one such layer may be on;
* `smallest_batch`: the number of images that a training batch needs;
* `overwritable`: whether the layer after it may overwrite its output;
* `in_place_after(previous)`: whether its `forward` may overwrite its input, and its `backward` the
  gradient of its output; both then get that array as `out`, too;
* `spread()`: the layers on the input, in each hidden layer but the last, and in the last, if these
  are not None, itself and itself;
* `widths(hidden)`: the widths that it needs instead of `hidden`;
* `sampled()`: the layer that Monte Carlo evaluation uses;
* `needs_all_inputs`: whether inputs that are always 0 matter to it, if it is the first layer;
* `idle`: whether it does nothing and is the same as no layer;
* `compat`: its settings in a bundle of conventions.

A field `n` is not a setting: it gets the number of units. In the place of an affine layer, the
fields of `Affine` are none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

import numpy as np

from overfit.nn.memory import Array, Arrays, Generators, Scratch

PLACES = ("before", "after", "last", "affine")
T = TypeVar("T")


class Layer(Protocol):
    """A frozen description of one operation; it owns no arrays.

    Parameters, state, randomness and scratch memory are arguments. `init` creates the arrays of
    one replicate. `forward` and `backward` process R replicates at once and write into scratch
    memory, so a result is valid until the next call with the same scratch.
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
        """Map x (R, B, in) to y (R, B, out), and return what `backward` needs; update `state`."""
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
    """The layers, or classes of layers, with this place, normalizations first."""
    there = [layer for layer in layers if getattr(layer, "place", "after") == place]
    return sorted(there, key=lambda layer: not normalizes(layer))


def normalizes(layer: Any) -> bool:
    """Whether a layer, or a class of layers, is a normalization."""
    return bool(getattr(layer, "normalizes", False))


def spread(layer: Any) -> tuple[Layer | None, Layer | None, Layer | None]:
    """The layers that a layer adds to the input, to each hidden layer, and to the last of these."""
    return layer.spread() if hasattr(layer, "spread") else (None, layer, layer)
