"""How far numerical gradients are from the core's, by the step of the difference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from overfit.gradients.parts import MISTAKE, PARTS, Part
from overfit.nn.gradient_check import numerical_gradient, relative_error
from overfit.streams import Purpose, stream

STEPS = tuple(10.0 ** (-exponent / 2) for exponent in range(2, 23))
"""From 0.1 down to 1e-11, two a decade."""


def gradient_errors(
    parts: Sequence[Part] = (*PARTS, MISTAKE), steps: Sequence[float] = STEPS, seed: int = 0
) -> pd.DataFrame:
    """Compare the gradients of parts with central differences at one random point each, in float64.

    A central difference is wrong by two errors: one of the formula, of order h^2, and one of
    rounding, of order 1e-16 / h. An analytic gradient that is right shows the sum of both, least
    near h = 1e-5; one that is wrong shows a floor that no step gets below.

    Returns:
        One row a part, array and step: kind, part, array, step, relative_error (see
        `overfit.nn.gradient_check.relative_error`).
    """
    return pd.DataFrame(
        [row for number, part in enumerate(parts) for row in _rows(part, steps, seed + number)]
    )


def _rows(part: Part, steps: Sequence[float], seed: int) -> Iterator[dict[str, object]]:
    function = part.at_random(stream(0, Purpose.INIT, seed))
    with np.errstate(all="ignore"):
        for name, array in function.arrays.items():
            for step in steps:
                numerical = numerical_gradient(function.value, array, step)
                yield {
                    "kind": part.kind,
                    "part": part.name,
                    "array": name,
                    "step": step,
                    "relative_error": relative_error(function.gradients[name], numerical),
                }
