"""The layer `batch_norm`: batch normalization."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Gt, Le

from overfit.nn.checks import Epsilon, NonNegative, Part, last_axis
from overfit.nn.memory import Array, Arrays, Generators, Scratch


@dataclass(frozen=True)
class BatchNorm(Part):
    """Batch normalization of each hidden layer.

    `y = gamma (x - mean) / sqrt(var + eps) + beta`, with a mean and variance per unit.

    Training uses the mean and the (biased) variance of the batch, and moves the running statistics
    towards them: `running = (1 - momentum) running + momentum batch`. Evaluation uses the running
    statistics, so the output for an image does not depend on the batch.

    The running variance averages unbiased variances (divided by B - 1) and starts at 1, as in
    PyTorch. Deep Learning from Scratch, 6.3, averages biased ones (divided by B) and starts at 0,
    without a correction: after t updates, the start still has the weight (1 - momentum)^t. Before
    the first update, evaluation replaces a running variance of 0 by 1; dividing by sqrt(eps) in
    each layer would overflow. The book does not evaluate there.

    Source: Ioffe and Szegedy (2015), algorithms 1 and 2.
    """

    label: ClassVar[str] = "batch normalization"
    brief: ClassVar[str] = "bn"
    normalizes: ClassVar[bool] = True
    overwritable: ClassVar[bool] = True
    smallest_batch: ClassVar[int] = 2
    compat: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "book": {
            "momentum": 0.1,  # the book's 0.9 is the weight of the old statistics
            "eps": 1e-6,  # its 10e-7
            "running_variance": "biased",
            "initial_variance": 0.0,
        }
    }

    n: Annotated[int, Ge(1)]
    momentum: Annotated[float, Gt(0), Le(1)] = 0.1
    """Weight of the newest batch in the running statistics."""
    eps: Epsilon = 1e-5
    """Added to the variance."""
    learned: bool = True
    """Whether gamma and beta are learned or stay at 1 and 0."""
    scalar: bool = False
    """Whether a layer has a single gamma and a single beta rather than one of each per unit."""
    running_variance: Literal["unbiased", "biased"] = "unbiased"
    """Which variance of a batch enters the running statistics: divided by the number of images
    minus one, or by their number (as in the book)."""
    initial_variance: NonNegative = 1.0
    """The running variance before the first update; 0 in the book."""
    place: Literal["before", "after"] = "before"
    """Before or after the activation."""

    def in_place_after(self, previous: Any) -> bool:
        """Whether nobody reads the input later: then it is centred in place."""
        return getattr(previous, "overwritable", False)

    def init(self, rng: np.random.Generator) -> tuple[Arrays, Arrays]:
        """Gamma 1, beta 0, running mean 0, and the initial running variance."""
        row = (1, self.n)
        affine = (1, 1) if self.scalar else row
        return (
            {"gamma": np.ones(affine), "beta": np.zeros(affine)},
            {"mean": np.zeros(row), "var": np.full(row, self.initial_variance)},
        )

    def forward(
        self,
        params: Arrays,
        state: Arrays,
        x: Array,
        *,
        train: bool,
        rng: Generators,
        scratch: Scratch,
        out: Array | None = None,
    ) -> tuple[Array, Any]:
        """Normalize x (R, B, n); in training also update the running statistics in `state`."""
        last_axis(x, "n", self.n)
        y = scratch("y", x.shape)
        row = (x.shape[0], 1, self.n)
        centred = scratch("centred", x.shape) if out is None else out
        inverse_std = scratch("inverse_std", row)
        if train:
            batch = x.shape[1]
            if batch < 2:
                raise ValueError(
                    f"the batch has {batch} example; batch normalization needs at least 2 in "
                    "training"
                )
            mean_weights = scratch.mean_weights(batch)
            mean = np.matmul(mean_weights, x, out=scratch.shared("mean", row))
            np.subtract(x, mean, out=centred)
            np.square(centred, out=y)
            var = np.matmul(mean_weights, y, out=scratch.shared("var", row))
            _move(state["mean"], mean, self.momentum, 1.0, scratch)
            unbiased = self.running_variance == "unbiased"
            factor = batch / (batch - 1) if unbiased else 1.0
            _move(state["var"], var, self.momentum, factor, scratch)
        else:
            mean, var = state["mean"], state["var"]
            if self.initial_variance == 0:
                var = _of_something(mean, var, scratch)
            np.subtract(x, mean, out=centred)
        np.add(var, self.eps, out=inverse_std)
        np.sqrt(inverse_std, out=inverse_std)
        np.divide(1, inverse_std, out=inverse_std)
        slope = np.multiply(params["gamma"], inverse_std, out=scratch("slope", row))
        np.multiply(centred, slope, out=y)
        np.add(y, params["beta"], out=y)
        return y, (centred, inverse_std, slope, train)

    def backward(
        self,
        params: Arrays,
        cache: Any,
        dy: Array,
        *,
        grads: Arrays,
        scratch: Scratch,
        input_gradient: bool = True,
        out: Array | None = None,
    ) -> Array | None:
        """With `xhat = (x - mean) / std`, `slope = gamma / std` and sums over the batch of B.

        `dbeta = sum dy`, `dgamma = sum dy xhat` (also over the units if they are scalar), and
        in training, where mean and variance depend on x,
        `dx = slope (dy - sum(dy) / B - xhat sum(dy xhat) / B)`; in evaluation `dx = slope dy`.
        """
        centred, inverse_std, slope, train = cache
        batch = dy.shape[1]
        ones = scratch.ones(batch)
        row = inverse_std.shape
        own = self.learned and not self.scalar  # then the sums are the gradients
        sum_dy, sum_dy_xhat = (
            grads[name] if own else scratch(f"sum {name}", row) for name in ("beta", "gamma")
        )
        np.matmul(ones, dy, out=sum_dy)
        product = np.multiply(dy, centred, out=scratch.shared("product", dy.shape))
        np.matmul(ones, product, out=sum_dy_xhat)
        np.multiply(sum_dy_xhat, inverse_std, out=sum_dy_xhat)
        for name, value in (("beta", sum_dy), ("gamma", sum_dy_xhat)):
            if not self.learned:
                grads[name].fill(0)
            elif self.scalar:
                np.sum(value, axis=-1, keepdims=True, out=grads[name])
        if not input_gradient:
            return None
        dx = scratch.other(dy, dy.shape) if out is None else out
        if not train:
            return np.multiply(dy, slope, out=dx)
        of_row = scratch.shared("of_row", row)
        np.multiply(sum_dy_xhat, inverse_std, out=of_row)
        np.multiply(of_row, 1 / batch, out=of_row)
        np.multiply(centred, of_row, out=product)  # xhat sum(dy xhat) / B
        np.subtract(dy, product, out=dx)
        np.multiply(sum_dy, 1 / batch, out=of_row)
        np.subtract(dx, of_row, out=dx)
        return np.multiply(dx, slope, out=dx)


def _of_something(mean: Array, var: Array, scratch: Scratch) -> Array:
    """The running variance (R, 1, n); 1 in replicates without any update yet."""
    empty = ~(mean.any(axis=-1, keepdims=True) | var.any(axis=-1, keepdims=True))
    return np.add(var, empty, out=scratch("started", var.shape))


def _move(running: Array, value: Array, momentum: float, factor: float, scratch: Scratch) -> None:
    """`running = (1 - momentum) running + momentum factor value`, in place."""
    step = np.multiply(value, momentum * factor, out=scratch.shared("step", value.shape))
    np.multiply(running, 1 - momentum, out=running)
    np.add(running, step, out=running)


PART = BatchNorm
