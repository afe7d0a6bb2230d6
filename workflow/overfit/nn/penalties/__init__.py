"""Penalties and constraints on the weights: one file each, with `PART`, see `Penalty`.

A penalty is added to the mean loss of the batch, so its strength does not depend on the batch size:
`L = mean_B L_data + penalty(W)`. It applies to weights only, not to biases, gamma or beta.
Strengths are numbers, or columns (R, 1) if replicates differ (see `overfit.nn.memory.stacked`).

In YAML a penalty is a key of `penalty`. If a field has the penalty's name, its value is a number,
`penalty: {l2: 0.1}`, with the other settings beside it; otherwise it is a mapping of the settings.
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
    """Changes the weights after each step of the optimizer."""

    def apply(self, parameters: Parameters, lr: Array | float, scratch: Scratch) -> None:
        """Change the weights in place; `lr` (R, 1) is the learning rate of the step."""
        ...
