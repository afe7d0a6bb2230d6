"""The initializers `xavier` and `glorot`, two forms of one idea, and their uniform variants.

Source: Glorot and Bengio (2010), Understanding the difficulty of training deep feedforward neural
networks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from overfit.nn.initializers import Scaled


@dataclass(frozen=True)
class Xavier(Scaled):
    """Normal, standard deviation sqrt(1 / inputs); for sigmoid and tanh (the book's form).

    It keeps the signal's variance through layers that are linear around 0: the form of Deep
    Learning from Scratch, 6.2.2.
    """

    label: ClassVar[str] = "Xavier"

    def deviation(self, n_in: int, n_out: int) -> float:
        """`sqrt(1 / n_in)`."""
        return math.sqrt(1 / n_in)


@dataclass(frozen=True)
class XavierUniform(Xavier):
    """Uniform, with the standard deviation of `xavier`."""

    label: ClassVar[str] = "Xavier, uniform"
    uniform: ClassVar[bool] = True


@dataclass(frozen=True)
class Glorot(Scaled):
    """Normal, standard deviation sqrt(2 / (inputs + outputs)) (the paper's form of Xavier).

    A compromise between the variances of signal and gradient; `xavier` if the layer is square.
    """

    label: ClassVar[str] = "Glorot"

    def deviation(self, n_in: int, n_out: int) -> float:
        """`sqrt(2 / (n_in + n_out))`."""
        return math.sqrt(1 / ((n_in + n_out) / 2))


@dataclass(frozen=True)
class GlorotUniform(Glorot):
    """Uniform, with the standard deviation of `glorot`."""

    label: ClassVar[str] = "Glorot, uniform"
    uniform: ClassVar[bool] = True


PART = {
    "xavier": Xavier,
    "xavier_uniform": XavierUniform,
    "glorot": Glorot,
    "glorot_uniform": GlorotUniform,
}
