"""The layer `gaussian_noise`: workflow/overfit/nn/layers/gaussian_noise.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le

from overfit.nn.checks import Part
from overfit.nn.memory import Array, Arrays, Generators, Scratch


@dataclass(frozen=True)
class GaussianNoise(Part):
    """Adds normal noise to the outputs of each hidden layer during training.

    Small noise on the inputs of a linear model acts as an L2 penalty.

    Source: Bishop (1995), Training with noise is equivalent to Tikhonov regularization.
    """

    place: ClassVar[str] = "after"

    std: Annotated[float, Ge(0), Le(100)] = field(metadata={"examples": [0.1]})
    """Standard deviation of the noise."""
    kind: Literal["additive", "multiplicative"] = "additive"
    """`multiplicative` noise is proportional to the output."""

    def init(self, rng: np.random.Generator) -> tuple[Arrays, Arrays]:
        """No parameters, no state."""
        return {}, {}

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
        """`y = x + e` or `y = x (1 + e)`, e of mean 0; replicate r uses `rng[r]`."""
        if not train:
            return x, None
        noise, y = scratch("noise", x.shape), scratch("y", x.shape)
        for r, generator in enumerate(rng):
            noise[r] = generator.normal(0, self.std, x.shape[1:])
        if self.kind == "additive":
            return np.add(x, noise, out=y), None
        np.add(noise, 1, out=noise)
        return np.multiply(x, noise, out=y), noise

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
        """`dx = dy`, or `dx = dy (1 + e)`."""
        if cache is None:
            return dy
        return np.multiply(dy, cache, out=scratch("dx", dy.shape))


PART = GaussianNoise
