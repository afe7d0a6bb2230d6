"""The parameters of several replicates in one block of memory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from overfit.nn.layer import Arrays
from overfit.nn.scratch import Array


class Parameters:
    """The parameters of R replicates as one matrix (R, P), and a named view of it for each layer.

    The weights of all layers come first, then biases, gammas and betas: an optimizer's step or a
    penalty is one operation on a slice rather than one for each layer.
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
        """The same layout over other memory, such as gradients."""
        return Parameters(flat, self.shapes)
