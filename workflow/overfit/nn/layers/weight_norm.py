"""The layer `weight_norm`: weight normalization."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from annotated_types import Ge

from overfit.nn.affine import Affine, times_transposed
from overfit.nn.checks import last_axis
from overfit.nn.memory import Array, Arrays, Generators, Scratch


@dataclass(frozen=True)
class WeightNorm(Affine):
    """Weight normalization of each hidden layer: length and direction of weights are learned apart.

    `y = g (x V) / |V| + b`, with the norm `|V|` (R, 1, out) of each unit's incoming weights. It
    looks neither at the batch nor at the other units, so training and evaluation are the same.

    V (R, in, out) is initialized like the weights of any layer, and g (R, 1, out) as `|V|`: the
    network starts as the same function as without normalization, as in PyTorch. (The paper also
    proposes to set g and b by the first batch.) V takes the place of W, so penalties apply to it.

    Source: Salimans and Kingma (2016), Weight normalization: a simple reparameterization to
    accelerate training of deep neural networks.
    """

    label: ClassVar[str] = "weight normalization"
    brief: ClassVar[str] = "wn"
    normalizes: ClassVar[bool] = True
    place: ClassVar[str] = "affine"
    needs_all_inputs: ClassVar[bool] = True

    n_in: Annotated[int, Ge(1)] = 1
    n_out: Annotated[int, Ge(1)] = 1

    def init(self, rng: np.random.Generator) -> tuple[Arrays, Arrays]:
        """V, called W, from the initializer; g its norms; zero biases."""
        params, state = super().init(rng)
        norms = np.sqrt(np.square(params["W"]).sum(axis=0, keepdims=True))
        return {**params, "g": norms}, state

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
        """`y = g z / |V| + b` with `z = x V`."""
        last_axis(x, "n_in", self.n_in)
        shape, V = (*x.shape[:2], self.n_out), params["W"]
        y, z, inverse = scratch("y", shape), scratch("z", shape), scratch("inverse", _row(V))
        np.matmul(x, V, out=z)
        squares = np.square(V, out=scratch.shared("squares", V.shape))
        np.matmul(scratch.ones(self.n_in), squares, out=inverse)
        np.sqrt(inverse, out=inverse)
        np.divide(1, inverse, out=inverse)
        slope = np.multiply(params["g"], inverse, out=scratch("slope", _row(V)))
        np.multiply(z, slope, out=y)
        np.add(y, params["b"], out=y)
        return y, (x, z, inverse, slope)

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
        """With `slope = g / |V|`, `dz = slope dy` and sums over the batch of B.

        `db = sum_B dy`, `dg = sum_B dy z / |V|`, `dx = dz V^T`, and
        `dV = x^T dz - V slope dg / |V|`, which is orthogonal to V, unit by unit.
        """
        x, z, inverse, slope = cache
        V, ones = params["W"], scratch.ones(dy.shape[1])
        product = np.multiply(dy, z, out=scratch.shared("product", dy.shape))
        np.matmul(ones, dy, out=grads["b"])
        np.matmul(ones, product, out=grads["g"])
        np.multiply(grads["g"], inverse, out=grads["g"])
        dz = np.multiply(dy, slope, out=product)
        np.matmul(x.transpose(0, 2, 1), dz, out=grads["W"])
        along = np.multiply(slope, grads["g"], out=scratch("along", _row(V)))
        np.multiply(along, inverse, out=along)
        part = np.multiply(V, along, out=scratch.shared("squares", V.shape))
        np.subtract(grads["W"], part, out=grads["W"])
        return times_transposed(dz, V, scratch) if input_gradient else None


def _row(V: Array) -> tuple[int, int, int]:
    return V.shape[0], 1, V.shape[2]


PART = WeightNorm
