"""The layer `dropout`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from overfit.nn.checks import Part, Share
from overfit.nn.memory import Array, Arrays, Generators, Scratch

LEVELS = 1 << 16
"""A unit is dropped if a 16-bit random integer is below `rate * LEVELS`: an eighth of the random
bytes that float64 masks take. The rate is rounded to 1.6e-5, and that rounded rate is used in the
scaling, too."""


@dataclass(frozen=True)
class Dropout(Part):
    """Dropout after each hidden layer's activation, and on the input.

    As a layer, it sets each input to 0 with probability `rate` in training.

    `inverted` scales the kept inputs by `1 / (1 - rate)` in training and is the identity in
    evaluation; `test_time` leaves them in training and scales by `1 - rate` in evaluation, as the
    first paper and Deep Learning from Scratch, 6.4.3, do. Both have the same expectation.

    Source: Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from
    overfitting.
    """

    brief: ClassVar[Mapping[str, str]] = {"rate": "dropout", "input": "input"}
    place: ClassVar[str] = "last"
    compat: ClassVar[Mapping[str, Mapping[str, Any]]] = {"book": {"scaling": "test_time"}}
    always: ClassVar[bool] = False
    """Whether units are dropped in evaluation, too."""

    rate: Share = field(metadata={"examples": [0.3]})
    """Share of the hidden units that are dropped; 0 is none."""
    scaling: Literal["inverted", "test_time"] = "inverted"
    """`inverted` scales up in training, `test_time` scales down in evaluation (the book's way)."""
    input: Share = 0.0
    """Share of the inputs that are dropped."""
    widen: bool = field(default=False, metadata={"exclude": True})
    """Divide the widths of the hidden layers by `1 - rate`, so that on average as many units are
    left as without dropout (Srivastava et al., 2014, section 7.3)."""
    monte_carlo: Annotated[int, Ge(1), Le(10_000)] | None = None
    """Evaluate by the mean probabilities of so many thinned networks, rather than by scaling."""

    @property
    def idle(self) -> bool:
        """Rates of 0 are the same as no dropout."""
        return not (self.rate or self.input)

    def spread(self) -> tuple[Dropout | None, Dropout | None]:
        """The layer on the input, and that in each hidden layer."""
        at_input = Dropout(self.input, self.scaling) if self.input else None
        return at_input, Dropout(self.rate, self.scaling) if self.rate else None

    def widths(self, hidden: Sequence[int]) -> tuple[int, ...]:
        """The units of the hidden layers, of which dropout leaves as many as there were."""
        factor = 1 - self.rate if self.widen else 1
        return tuple(round(units / factor) for units in hidden)

    def sampled(self) -> Dropout:
        """The layer that drops units in evaluation, too: for Monte Carlo dropout."""
        return _Always(**vars(self))

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


@dataclass(frozen=True)
class _Always(Dropout):
    """Dropout in evaluation, too."""

    always: ClassVar[bool] = True


def random_levels(rng: np.random.Generator, count: int) -> NDArray[np.uint16]:
    """`count` uniform 16-bit integers, four from each raw 64-bit draw."""
    raw = rng.bit_generator.random_raw(-(-count // 4))
    return np.asarray(raw, "<u8").view("<u2")[:count]


PART = Dropout
