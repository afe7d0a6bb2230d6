"""The layer `rms_norm`: root mean square normalization."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from annotated_types import Ge

from overfit.nn.checks import Epsilon, Part, last_axis
from overfit.nn.memory import Array, Arrays, Generators, Scratch, mean_of_rows


@dataclass(frozen=True)
class RMSNorm(Part):
    """Root mean square normalization of each hidden layer: layer normalization without centring.

    `y = gamma x / sqrt(mean(x^2) + eps)`, with the mean over the units of each example. So there
    are no running statistics, and training and evaluation are the same.

    Source: Zhang, Sennrich (2019), Root mean square layer normalization.
    """

    label: ClassVar[str] = "RMS normalization"
    brief: ClassVar[str] = "rms"
    normalizes: ClassVar[bool] = True
    overwritable: ClassVar[bool] = True

    n: Annotated[int, Ge(1)]
    eps: Epsilon = 1e-5
    """Added to the mean square."""
    place: Literal["before", "after"] = "before"
    """Before or after the activation."""

    def init(self, rng: np.random.Generator) -> tuple[Arrays, Arrays]:
        """Gamma 1."""
        return {"gamma": np.ones((1, self.n))}, {}

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
        """Normalize each row of x (R, B, n)."""
        last_axis(x, "n", self.n)
        y, normal = scratch("y", x.shape), scratch("normal", x.shape)
        inverse = scratch("inverse", (*x.shape[:2], 1))
        np.multiply(x, x, out=y)
        mean_of_rows(y, out=inverse)
        np.add(inverse, self.eps, out=inverse)
        np.sqrt(inverse, out=inverse)
        np.divide(1, inverse, out=inverse)
        np.multiply(x, inverse, out=normal)
        return np.multiply(normal, params["gamma"], out=y), (normal, inverse)

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
        """With `xhat` the normalized input and `d = gamma dy`, means over the n units.

        `dgamma = sum_B dy xhat`, `dx = (d - xhat mean(d xhat)) / sqrt(mean(x^2) + eps)`.
        """
        normal, inverse = cache
        dx, product = scratch.other(dy, dy.shape), scratch.shared("product", dy.shape)
        np.multiply(dy, normal, out=product)
        np.matmul(scratch.ones(dy.shape[1]), product, out=grads["gamma"])
        if not input_gradient:
            return None
        np.multiply(dy, params["gamma"], out=dx)
        np.multiply(dx, normal, out=product)
        mean = mean_of_rows(product, out=scratch("mean", inverse.shape))
        np.multiply(normal, mean, out=product)
        np.subtract(dx, product, out=dx)
        return np.multiply(dx, inverse, out=dx)


PART = RMSNorm
