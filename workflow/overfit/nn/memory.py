"""Arrays, and the memory that training reuses in every step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[np.floating[Any]]
Arrays = dict[str, NDArray[Any]]
Generators = Sequence[np.random.Generator]
T = TypeVar("T")


class Scratch:
    """Uninitialized arrays by name and shape, for reuse.

    Every training step requests the same arrays, so after the first step the loop allocates
    nothing; a loop that allocates takes twice as long. With a new `Scratch()` for each call,
    functions share no memory. Each layer gets its own child, so names never collide. What a layer
    needs only during a call, or only until the next layer has read it, it takes from `shared` and
    `other`, where all layers get the same memory: it is then still in the cache.
    """

    def __init__(self, dtype: DTypeLike = np.float32, shared: Scratch | None = None) -> None:
        self.dtype = np.dtype(dtype)
        self.shared = shared or self
        """The memory that all layers share, for what nobody reads after the call."""
        self._arrays: dict[tuple[str, tuple[int, ...]], NDArray[Any]] = {}
        self._children: dict[int, Scratch] = {}

    def __call__(
        self, name: str, shape: tuple[int, ...], dtype: DTypeLike | None = None
    ) -> NDArray[Any]:
        """The array of this name and shape, with the contents of its last use."""
        key = (name, shape)
        array = self._arrays.get(key)
        if array is None:
            array = self._arrays[key] = np.empty(shape, self.dtype if dtype is None else dtype)
        return array

    def child(self, index: int) -> Scratch:
        """The scratch memory of layer `index`."""
        child = self._children.get(index)
        if child is None:
            child = self._children[index] = Scratch(self.dtype, self.shared)
        return child

    def other(self, given: Array, shape: tuple[int, ...]) -> Array:
        """Shared memory other than that of `given`, for a result that only the next layer reads."""
        one = self.shared("one", shape)
        return self.shared("another", shape) if np.may_share_memory(one, given) else one

    def zeros(self, shape: tuple[int, ...]) -> Array:
        """Zeros of this shape; read-only."""
        return self._constant("zeros", shape, 0.0)

    def mean_weights(self, batch: int) -> Array:
        """A row (1, B) of 1/B: `row @ x` is the mean over the batch, by BLAS, per replicate."""
        return self._constant("mean_weights", (1, batch), 1.0 / batch)

    def ones(self, batch: int) -> Array:
        """A row (1, B) of ones: `row @ x` is the sum over the batch, by BLAS, per replicate."""
        return self._constant("ones", (1, batch), 1.0)

    def _constant(self, name: str, shape: tuple[int, ...], value: float) -> Array:
        arrays = self.shared._arrays
        array = arrays.get((name, shape))
        if array is None:
            array = arrays[name, shape] = np.full(shape, value, self.dtype)
        return array


def mean_of_rows(x: Array, out: Array) -> Array:
    """The mean over the last axis, in `out`: `np.mean` bit for bit, without its wrapper."""
    np.add.reduce(x, axis=-1, keepdims=True, out=out)
    return np.divide(out, x.shape[-1], out=out)


class Parameters:
    """The parameters of R replicates as one matrix (R, P), and a named view of it for each layer.

    The weights of all layers come first, then biases, gammas and betas. So an optimizer's step or
    a penalty is one operation on a slice rather than one per layer.
    """

    def __init__(self, flat: Array, shapes: Sequence[dict[str, tuple[int, ...]]]) -> None:
        self.flat = flat
        self.shapes = shapes
        self.layers: list[Arrays] = [{} for _ in shapes]
        names = [(i, name) for i, layer in enumerate(shapes) for name in layer]
        start = 0
        for is_weight in (True, False):
            for i, name in names:
                if (name == "W") is is_weight:
                    shape = shapes[i][name]
                    stop = start + int(np.prod(shape))
                    self.layers[i][name] = flat[:, start:stop].reshape(-1, *shape)
                    start = stop
            if is_weight:
                self.weights = flat[:, :start]

    def like(self, flat: Array) -> Parameters:
        """The same layout for other memory, such as gradients."""
        return Parameters(flat, self.shapes)


def stacked(members: Sequence[T], dtype: DTypeLike = np.float64) -> T:
    """Combine the frozen dataclasses of R replicates into one object.

    Each number becomes a column (R, 1), so that methods that were written for numbers work on
    matrices with one row per replicate. Everything else must agree, see `alike`.

    Raises:
        ValueError: the members differ in class or in a field that is not a number.
    """
    first = members[0]
    together = object.__new__(type(first))
    for member in members:
        if type(member) is not type(first):
            raise ValueError("replicates that are trained together need the same kind of each part")
        for (name, value), (_, own) in zip(alike(first)[1:], alike(member)[1:], strict=True):
            if value != own:
                raise ValueError(
                    f"{name} differs between replicates ({value!r}, {own!r}); only numbers may"
                )
    for field in fields(first):  # type: ignore[arg-type]
        value = getattr(first, field.name)
        if _is_number(value):
            values = [getattr(member, field.name) for member in members]
            value = np.asarray(values, dtype)[:, None]
        object.__setattr__(together, field.name, value)
    return together


def alike(part: Any) -> tuple[Any, ...]:
    """The key that parts must share to be `stacked`: class, and all fields that are not numbers."""
    given = ((field.name, getattr(part, field.name)) for field in fields(part))
    return (type(part), *(pair for pair in given if not _is_number(pair[1])))


def _is_number(value: Any) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool)
