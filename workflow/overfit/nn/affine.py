"""The affine layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from annotated_types import Ge

from overfit.nn.checks import Part, last_axis
from overfit.nn.initializers import Initializer
from overfit.nn.initializers.he import He
from overfit.nn.memory import Array, Arrays, Generators, Scratch

SMALL = 1 << 15
"""The largest matrix, in weights, to copy before multiplying by its transpose: for small matrices,
OpenBLAS takes 50% longer to multiply by a transposed matrix."""
FEW = 32
"""With fewer rows than this, the copy takes longer than what it saves. (A single row is multiplied
by other code of OpenBLAS, which rounds differently for a transposed matrix, so it stays copied.)"""


@dataclass(frozen=True)
class Affine(Part):
    """`y = x W + b` with W (R, in, out), b (R, 1, out) and x (R, B, in)."""

    overwritable: ClassVar[bool] = True

    n_in: Annotated[int, Ge(1)]
    n_out: Annotated[int, Ge(1)]
    initializer: Initializer = He()

    def init(self, rng: np.random.Generator) -> tuple[Arrays, Arrays]:
        """Weights from the initializer and zero biases, of one replicate.

        The weights come from a child stream. So the k-th affine layers of two networks agree if
        their shapes do, whatever the other layers are.
        """
        W = self.initializer.draw(rng.spawn(1)[0], self.n_in, self.n_out)
        return {"W": W, "b": np.zeros((1, self.n_out))}, {}

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
        """`y = x W + b`."""
        last_axis(x, "n_in", self.n_in)
        y = scratch("y", (*x.shape[:2], self.n_out))
        np.matmul(x, params["W"], out=y)
        np.add(y, params["b"], out=y)
        return y, x

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
        """`dW = x^T dy`, `db = sum_B dy`, `dx = dy W^T`."""
        x = cache
        np.matmul(x.transpose(0, 2, 1), dy, out=grads["W"])
        np.matmul(scratch.ones(dy.shape[1]), dy, out=grads["b"])
        return times_transposed(dy, params["W"], scratch) if input_gradient else None


def times_transposed(dy: Array, W: Array, scratch: Scratch) -> Array:
    """`dy W^T` of dy (R, B, out) and W (R, in, out), in memory other than that of dy."""
    transposed = W.transpose(0, 2, 1)
    if W[0].size <= SMALL and not 1 < dy.shape[1] < FEW:
        copied = scratch.shared("transposed", transposed.shape)
        np.copyto(copied, transposed)
        transposed = copied
    return np.matmul(dy, transposed, out=scratch.other(dy, (*dy.shape[:2], W.shape[1])))
