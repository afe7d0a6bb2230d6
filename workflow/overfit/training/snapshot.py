"""What a probe gets to see: one replicate, as it is now, to look at and not to touch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from overfit.nn.layer import Arrays
from overfit.nn.network import Network
from overfit.nn.parameters import Parameters
from overfit.nn.scratch import Array, Scratch
from overfit.training.examples import Examples

if TYPE_CHECKING:
    from overfit.training.loop import Recipe
    from overfit.training.stack import Replicate, Stack


@dataclass(frozen=True)
class Snapshot:
    """One replicate at an evaluation point. All arrays have a replicate axis of length 1."""

    network: Network
    parameters: Parameters
    """Read-only views of the replicate's own: whatever writes into them fails."""
    states: list[Arrays]
    """Read-only views, too: copy them for a forward pass in training mode."""
    replicate: Replicate
    """Its seed, data and hyperparameters."""
    lr: float
    """Learning rate of the next update, the schedule's factor included."""
    batch_size: int
    label_smoothing: float
    scratch: Scratch
    """Memory for probes; training and evaluation have their own."""

    def weights(self) -> Iterator[tuple[int, Array]]:
        """Affine layers counted from 1, and their weights (in, out)."""
        affine = (layer["W"][0] for layer in self.parameters.layers if "W" in layer)
        return enumerate(affine, start=1)

    def first(self, examples: Examples, count: int) -> tuple[Array, NDArray[np.integer[Any]]]:
        """Inputs (1, b, d) and labels (1, b) of the first `count` of `examples`, or of all."""
        count = min(count, len(examples))
        inputs = self.scratch("first", (1, count, examples.inputs.shape[1]))
        examples.gather(np.arange(count), inputs[0], self.scratch)
        return inputs, examples.labels[None, :count]


def snapshot(
    stack: Stack, r: int, replicate: Replicate, recipe: Recipe, scratch: Scratch
) -> Snapshot:
    """Replicate `r` of a stack as it is now."""
    own = slice(r, r + 1)
    return Snapshot(
        network=recipe.network,
        parameters=Parameters(_read_only(stack.parameters.flat[own]), stack.parameters.shapes),
        states=[
            {name: _read_only(array[own]) for name, array in state.items()}
            for state in stack.states
        ],
        replicate=replicate,
        lr=replicate.optimizer.lr * recipe.lr_schedule.factor(stack.updates),
        batch_size=recipe.schedule.batch_size,
        label_smoothing=recipe.label_smoothing,
        scratch=scratch,
    )


def _read_only(view: NDArray[Any]) -> NDArray[Any]:
    view.flags.writeable = False
    return view
