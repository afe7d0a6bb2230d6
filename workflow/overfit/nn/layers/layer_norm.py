"""The layer `layer_norm`: layer normalization."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from annotated_types import Ge

from overfit.nn.checks import Epsilon, Part, last_axis
from overfit.nn.memory import Array, Arrays, Generators, Scratch, mean_of_rows


@dataclass(frozen=True)
class LayerNorm(Part):
    """Layer normalization of each hidden layer: over the units of an image, not over the batch.

    `y = gamma (x - mean) / sqrt(var + eps) + beta`, with the mean and the (biased) variance over
    the units of each example. So there are no running statistics, and training and evaluation are
    the same.

    Source: Ba, Kiros, Hinton (2016), Layer normalization.
    """

    label: ClassVar[str] = "layer normalization"
    brief: ClassVar[str] = "ln"
    normalizes: ClassVar[bool] = True
    overwritable: ClassVar[bool] = True
    groups = 1

    n: Annotated[int, Ge(1)]
    eps: Epsilon = 1e-5
    """Added to the variance."""
    place: Literal["before", "after"] = "before"
    """Before or after the activation."""

    def init(self, rng: np.random.Generator) -> tuple[Arrays, Arrays]:
        """Gamma 1, beta 0."""
        return {"gamma": np.ones((1, self.n)), "beta": np.zeros((1, self.n))}, {}

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
        given, x = x.shape, x.reshape(*x.shape[:2], self.groups, -1)
        column = (*x.shape[:-1], 1)
        y, normal = scratch("y", x.shape), scratch("normal", x.shape)
        inverse_std = scratch("inverse_std", column)
        mean = mean_of_rows(x, out=scratch("mean", column))
        np.subtract(x, mean, out=normal)
        np.multiply(normal, normal, out=y)
        mean_of_rows(y, out=inverse_std)
        np.add(inverse_std, self.eps, out=inverse_std)
        np.sqrt(inverse_std, out=inverse_std)
        np.divide(1, inverse_std, out=inverse_std)
        np.multiply(normal, inverse_std, out=normal)
        y, normal = y.reshape(given), normal.reshape(given)
        np.multiply(normal, params["gamma"], out=y)
        np.add(y, params["beta"], out=y)
        return y, (normal, inverse_std)

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
        """With `xhat` the normalized input and `d = gamma dy`, means over the units of a group.

        `dbeta = sum_B dy`, `dgamma = sum_B dy xhat`,
        `dx = (d - mean(d) - xhat mean(d xhat)) / std`.
        """
        normal, inverse_std = cache
        ones = scratch.ones(dy.shape[1])
        dx, product = scratch.other(dy, dy.shape), scratch.shared("product", dy.shape)
        np.matmul(ones, dy, out=grads["beta"])
        np.multiply(dy, normal, out=dx)
        np.matmul(ones, dx, out=grads["gamma"])
        if not input_gradient:
            return None
        np.multiply(dy, params["gamma"], out=dx)
        grouped = (*inverse_std.shape[:-1], -1)
        dx, normal, product = (one.reshape(grouped) for one in (dx, normal, product))
        np.multiply(dx, normal, out=product)
        column = scratch("column", inverse_std.shape)
        mean_of_rows(product, out=column)
        np.multiply(normal, column, out=product)
        mean_of_rows(dx, out=column)
        np.subtract(dx, column, out=dx)
        np.subtract(dx, product, out=dx)
        return np.multiply(dx, inverse_std, out=dx).reshape(dy.shape)


PART = LayerNorm
