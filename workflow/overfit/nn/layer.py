"""What every layer can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from overfit.nn.scratch import Array, Scratch

Arrays = dict[str, NDArray[Any]]
Generators = Sequence[np.random.Generator]


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
