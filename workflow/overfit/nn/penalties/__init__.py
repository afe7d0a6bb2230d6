"""Penalties and constraints on the weights: a file for each, with `PART`, as `Penalty` says.

A penalty is added to the mean loss of the batch, so its strength does not depend on the batch size:
`L = mean_B L_data + penalty(W)`. It applies to weights only, not to biases, gamma or beta.
Strengths are numbers, or columns (R, 1) where replicates differ (see `overfit.nn.memory.stacked`).

In YAML a penalty is a key of `penalty`. One with a field of its own name is written as a number,
`penalty: {l2: 0.1}`, with its other settings beside it; any other as a mapping of its settings.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from overfit.nn.memory import Array, Parameters, Scratch


@runtime_checkable
class Penalty(Protocol):
    """A function of the weights that is added to the loss."""

    def value(self, weights: Array) -> Array:
        """The penalty of each replicate, shape (R, 1), for weights (R, n)."""
        ...

    def add_gradient(
        self, weights: Array, gradient: Array, scale: Array | float, scratch: Scratch
    ) -> None:
        """Add `scale` times the gradient at `weights` to `gradient` (R, n), in place."""
        ...


@runtime_checkable
class Constraint(Protocol):
    """Changes the weights after an optimizer's step."""

    def apply(self, parameters: Parameters, lr: Array | float, scratch: Scratch) -> None:
        """Change the weights in place; `lr` (R, 1) is the learning rate of the step."""
        ...
