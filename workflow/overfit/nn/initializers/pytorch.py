"""The initializer `pytorch`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from overfit.nn.initializers import Scaled


@dataclass(frozen=True)
class PyTorch(Scaled):
    """Uniform from -sqrt(1 / inputs) to sqrt(1 / inputs): the default of PyTorch's `nn.Linear`.

    ReLU layers with such weights shrink the signal, each by a factor of about sqrt(6). PyTorch also
    draws biases from this interval; here they start at 0.

    Source: LeCun, Bottou, Orr, Müller (1998), Efficient BackProp, 4.6; `reset_parameters` of
    torch.nn.Linear.
    """

    label: ClassVar[str] = "PyTorch's default"
    uniform: ClassVar[bool] = True

    def deviation(self, n_in: int, n_out: int) -> float:
        """`sqrt(1 / (3 n_in))`."""
        return math.sqrt(1 / (3 * n_in))


PART = PyTorch
