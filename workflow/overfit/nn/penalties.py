"""Penalties on the weights, apart from the layers.

A penalty is added to the mean loss of the batch, so its strength does not depend on the batch size:
`L = mean_B L_data + penalty(W)`. It applies to weights only, not to biases, gamma or beta.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from overfit.nn.scratch import Array, Scratch


@dataclass(frozen=True)
class L2:
    """`l2 / 2 sum W^2`, gradient `l2 W`; also called weight decay.

    `l2` is one number a replicate. Source: Deep Learning from Scratch, 6.4.2.
    """

    l2: tuple[float, ...]

    def __post_init__(self) -> None:
        for value in self.l2:
            if not 0 <= value < float("inf"):
                raise ValueError(f"l2 is {value}; it must be at least 0 and finite")

    @property
    def active(self) -> bool:
        """Whether any replicate is penalized at all."""
        return any(self.l2)

    def value(self, weights: Array) -> Array:
        """The penalty of each replicate, shape (R,), for weights (R, n)."""
        return np.asarray(self.l2) / 2 * np.sum(np.square(weights, dtype=float), axis=1)

    def add_gradient(self, weights: Array, gradient: Array, scale: Array, scratch: Scratch) -> None:
        """Add `scale l2 W` to `gradient` (R, n) in place; `scale` has shape (R, 1)."""
        factor = np.asarray(self.l2, weights.dtype)[:, None] * scale
        term = np.multiply(weights, factor, out=scratch("penalty", weights.shape))
        np.add(gradient, term, out=gradient)
