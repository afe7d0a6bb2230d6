"""Dropout."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from overfit.nn.checks import one_of, share
from overfit.nn.layer import Arrays, Generators
from overfit.nn.scratch import Array, Scratch

LEVELS = 1 << 16
"""A unit is dropped if a 16-bit random integer is below `rate * LEVELS`: an eighth of the random
bytes that float64 masks take. The rate is rounded to 1.6e-5, and that rounded rate is used in the
scaling, too."""


@dataclass(frozen=True)
class Dropout:
    """Set each input to 0 with probability `rate` in training.

    `inverted` scales the kept inputs by `1 / (1 - rate)` in training and is the identity in
    evaluation; `test_time` leaves them in training and scales by `1 - rate` in evaluation, as the
    first paper and Deep Learning from Scratch, 6.4.3, do. Both have the same expectation.

    Source: Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from
    overfitting.
    """

    rate: float
    scaling: Literal["inverted", "test_time"] = "inverted"
    always: bool = False
    """Drop units in evaluation, too: for Monte-Carlo evaluation, see `Network.monte_carlo`."""

    def __post_init__(self) -> None:
        share("rate", self.rate)
        one_of("scaling", self.scaling, ("inverted", "test_time"))

    @property
    def threshold(self) -> int:
        """How many of the 65,536 random levels drop a unit."""
        return min(round(self.rate * LEVELS), LEVELS - 1)

    @property
    def keep(self) -> float:
        """The probability that a unit is kept."""
        return 1 - self.threshold / LEVELS

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
        """Drop inputs of x (R, B, n); replicate r draws from `rng[r]`."""
        sample = train or self.always
        if self.threshold == 0 or (not sample and self.scaling == "inverted"):
            return x, None
        y = scratch("y", x.shape)
        factor = 1 / self.keep if self.scaling == "inverted" else 1.0
        if not sample:
            np.multiply(x, self.keep, out=y)
            return y, self.keep
        mask = scratch("mask", x.shape)
        kept = scratch("kept", x.shape, bool)
        for r, generator in enumerate(rng):
            bits = random_levels(generator, kept[r].size).reshape(kept[r].shape)
            np.greater_equal(bits, self.threshold, out=kept[r])
        np.multiply(kept, mask.dtype.type(factor), out=mask)
        return np.multiply(x, mask, out=y), mask

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
        """`dx = dy mask`."""
        if cache is None:
            return dy
        return np.multiply(dy, cache, out=scratch("dx", dy.shape))


def random_levels(rng: np.random.Generator, count: int) -> NDArray[np.uint16]:
    """`count` uniform 16-bit integers, four from each raw 64-bit draw."""
    raw = rng.bit_generator.random_raw(-(-count // 4))
    return np.asarray(raw, "<u8").view("<u2")[:count]
