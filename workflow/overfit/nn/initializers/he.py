"""The initializers `he` and `he_uniform`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from overfit.nn.initializers import Scaled


@dataclass(frozen=True)
class He(Scaled):
    """Normal, standard deviation sqrt(2 / inputs); for ReLU.

    It keeps the signal's variance through ReLU layers.

    Source: He, Zhang, Ren, Sun (2015), Delving deep into rectifiers, equation 10.
    """

    label: ClassVar[str] = "He"
    brief: ClassVar[str] = ""  # the default is not in run ids

    def deviation(self, n_in: int, n_out: int) -> float:
        """`sqrt(2 / n_in)`."""
        return math.sqrt(2 / n_in)


@dataclass(frozen=True)
class HeUniform(He):
    """Uniform, with the standard deviation of `he`."""

    label: ClassVar[str] = "He, uniform"
    brief: ClassVar[str] = "he_uniform"
    uniform: ClassVar[bool] = True


PART = {"he": He, "he_uniform": HeUniform}
