"""The constraint `max_norm`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from annotated_types import Gt, Le

from overfit.nn.checks import Part
from overfit.nn.memory import Array, Parameters, Scratch


@dataclass(frozen=True)
class MaxNorm(Part):
    """Scales down the incoming weights of each unit to a norm of at most `max_norm`.

    Source: Srivastava et al. (2014), Dropout, section 5.1.
    """

    label: ClassVar[str] = "norm at most"
    brief: ClassVar[Mapping[str, str]] = {"max_norm": "max"}

    max_norm: Annotated[float, Gt(0), Le(1e6)] | None = None
    """After each update, scales down the incoming weights of each unit to at most this norm."""

    def apply(self, parameters: Parameters, lr: Array | float, scratch: Scratch) -> None:
        """`W[:, j] *= min(1, max_norm / |W[:, j]|)` for each unit j of each layer."""
        limit = np.asarray(self.max_norm).reshape(-1, 1, 1)
        for layer in parameters.layers:
            if "W" in layer:
                W = layer["W"]
                norms = np.sqrt(np.einsum("rij,rij->rj", W, W))[:, None]
                np.multiply(W, np.minimum(1, limit / np.maximum(norms, 1e-30)), out=W)


PART = MaxNorm
