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
"""A unit is dropped if a 16-bit random integer is below `rate * LEVELS`, which takes an eighth of
the random bytes of float64 masks. The rate is rounded to a multiple of 1.5e-5, and the scaling
uses the rounded rate, too."""


@dataclass(frozen=True)
class Dropout(Part):
    """Dropout after each hidden layer's activation, and on the input.

    In training, it sets each unit to 0 with probability `rate`.

    `inverted` scales the kept units by `1 / (1 - rate)` in training and changes nothing in
    evaluation. `test_time` scales by `1 - rate` in evaluation instead, as the original paper and
    Deep Learning from Scratch, 6.4.3, do. Both have the same expectation.

    Source: Srivastava et al. (2014), Dropout: a simple way to prevent neural networks from
    overfitting.
    """

    brief: ClassVar[Mapping[str, str]] = {"rate": "dropout", "input": "input"}
    compat: ClassVar[Mapping[str, Mapping[str, Any]]] = {"book": {"scaling": "test_time"}}
    always: ClassVar[bool] = False
    """Whether units are dropped in evaluation, too."""

    rate: Share = field(metadata={"examples": [0.3]})
    """Share of the hidden units to drop; 0 turns dropout off."""
    scaling: Literal["inverted", "test_time"] = "inverted"
    """`inverted` scales up in training, `test_time` scales down in evaluation (as in the book)."""
    input: Share = 0.0
    """Share of the inputs to drop."""
    widen: bool = field(default=False, metadata={"exclude": True})
    """Divide the widths of the hidden layers by `1 - rate`, so that on average as many units remain
    as without dropout (Srivastava et al., 2014, section 7.3)."""
    place: Literal["before", "last"] = "last"
    """`last`: after the activation and whatever else is in a hidden layer. `before`: before the
    activation; with a normalization after the activation, this is dropout before normalization."""
    layers: Literal["all", "last"] = "all"
    """Drop units of `all` hidden layers, or only of the `last` one, which no normalization
    follows."""
    monte_carlo: Annotated[int, Ge(1), Le(10_000)] | None = None
    """Number of Monte Carlo samples: evaluate by their mean probabilities instead of by scaling."""

    @property
    def idle(self) -> bool:
        """Rates of 0 are the same as no dropout."""
        return not (self.rate or self.input)

    def spread(self) -> tuple[Dropout | None, Dropout | None, Dropout | None]:
        """The layers on the input, in each hidden layer but the last, and in the last."""
        at_input = Dropout(self.input, self.scaling) if self.input else None
        hidden = Dropout(self.rate, self.scaling) if self.rate else None
        return at_input, hidden if self.layers == "all" else None, hidden

    def widths(self, hidden: Sequence[int]) -> tuple[int, ...]:
        """The widths of which dropout leaves `hidden` units on average."""
        factor = 1 - self.rate if self.widen else 1
        return tuple(round(units / factor) for units in hidden)

    def sampled(self) -> Dropout:
        """The layer that drops units in evaluation, too: for Monte Carlo dropout."""
        return _Always(**vars(self))

    @property
    def threshold(self) -> int:
        """The number of random levels, of 65,536, that drop a unit."""
        return min(round(self.rate * LEVELS), LEVELS - 1)

    @property
    def keep(self) -> float:
        """The probability that a unit is kept."""
        return 1 - self.threshold / LEVELS

    def in_place_after(self, previous: Any) -> bool:
        """Whether the activation before it needs only its output, and takes 0 for dropped."""
        return getattr(previous, "masks", False)

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
        out: Array | None = None,
    ) -> tuple[Array, Any]:
        """Drop inputs of x (R, B, n); replicate r uses `rng[r]`.

        In place, the activation before it finds from the zeros of the output where its gradient is
        0, so backward only the scaling is left.
        """
        sample = train or self.always
        if self.threshold == 0 or (not sample and self.scaling == "inverted"):
            return x, None
        y = scratch("y", x.shape) if out is None else out
        if not sample:
            return np.multiply(x, self.keep, out=y), self.keep
        kept = (scratch if out is None else scratch.shared)("kept", x.shape, bool)
        for r, generator in enumerate(rng):
            bits = random_levels(generator, kept[r].size).reshape(kept[r].shape)
            np.greater_equal(bits, self.threshold, out=kept[r])
        factor = 1 / self.keep if self.scaling == "inverted" else 1.0
        np.multiply(x, kept, out=y)
        np.multiply(y, factor, out=y)
        return y, (kept, factor) if out is None else factor

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
        """`dx = dy mask`; in place only the scaling, see `forward`."""
        if cache is None:
            return dy
        dx = scratch.other(dy, dy.shape) if out is None else out
        if isinstance(cache, float):
            return np.multiply(dy, cache, out=dx)
        kept, factor = cache
        np.multiply(dy, kept, out=dx)
        return np.multiply(dx, factor, out=dx)


@dataclass(frozen=True)
class _Always(Dropout):
    """Dropout in evaluation, too."""

    always: ClassVar[bool] = True


def random_levels(rng: np.random.Generator, count: int) -> NDArray[np.uint16]:
    """`count` uniform 16-bit integers, four from each raw 64-bit draw."""
    raw = rng.bit_generator.random_raw(-(-count // 4))
    return np.asarray(raw, "<u8").view("<u2")[:count]


PART = Dropout
