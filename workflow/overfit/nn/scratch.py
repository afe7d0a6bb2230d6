"""Scratch memory: arrays that are made once and written again in every step."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[np.floating[Any]]


class Scratch:
    """Uninitialised arrays by name and shape, kept and handed out again.

    A training step asks for the same arrays every time, so after the first step the loop allocates
    nothing; a loop that allocates takes twice as long. A new `Scratch()` a call gives plain
    functions without shared memory. Each layer gets a child of its own, so names never collide.
    """

    def __init__(self, dtype: DTypeLike = np.float32) -> None:
        self.dtype = np.dtype(dtype)
        self._arrays: dict[tuple[str, tuple[int, ...]], NDArray[Any]] = {}
        self._children: dict[int, Scratch] = {}

    def __call__(
        self, name: str, shape: tuple[int, ...], dtype: DTypeLike | None = None
    ) -> NDArray[Any]:
        """The array of this name and shape; its content is whatever the last user left."""
        key = (name, shape)
        array = self._arrays.get(key)
        if array is None:
            array = self._arrays[key] = np.empty(shape, self.dtype if dtype is None else dtype)
        return array

    def child(self, index: int) -> Scratch:
        """The scratch memory of layer `index`."""
        child = self._children.get(index)
        if child is None:
            child = self._children[index] = Scratch(self.dtype)
        return child

    def zeros(self, shape: tuple[int, ...]) -> Array:
        """Zeros of this shape, not to be written to."""
        key = ("zeros", shape)
        if key not in self._arrays:
            self._arrays[key] = np.zeros(shape, self.dtype)
        return self._arrays[key]

    def mean_weights(self, batch: int) -> Array:
        """A row (1, B) of 1/B: `row @ x` is the mean over the batch, by BLAS, per replicate."""
        key = ("mean_weights", (1, batch))
        if key not in self._arrays:
            self._arrays[key] = np.full((1, batch), 1.0 / batch, self.dtype)
        return self._arrays[key]

    def ones(self, batch: int) -> Array:
        """A row (1, B) of ones: `row @ x` is the sum over the batch, by BLAS, per replicate."""
        key = ("ones", (1, batch))
        if key not in self._arrays:
            self._arrays[key] = np.ones((1, batch), self.dtype)
        return self._arrays[key]
