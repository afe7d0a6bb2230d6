"""Loss and accuracy of a network on a set of examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.nn.layer import Arrays
from overfit.nn.loss import cross_entropy
from overfit.nn.network import Network
from overfit.nn.scratch import Array, Scratch

CHUNK = 1024
"""Rows evaluated at once. Chunks begin at fixed rows, and one replicate is evaluated at a time, so
a number never depends on what else is evaluated; larger chunks outgrow the L2 cache."""


@dataclass(frozen=True)
class Examples:
    """Inputs (n, d), float, and their labels (n,), integers from 0."""

    inputs: Array
    labels: NDArray[np.integer[Any]]

    def __post_init__(self) -> None:
        if self.inputs.ndim != 2 or self.labels.shape != self.inputs.shape[:1]:
            raise ValueError(
                f"inputs have shape {self.inputs.shape} and labels {self.labels.shape}; "
                "expected (n, d) and (n,)"
            )
        if not np.issubdtype(self.inputs.dtype, np.floating):
            raise ValueError(f"inputs are {self.inputs.dtype}; convert them to float first")

    def __len__(self) -> int:
        return len(self.labels)


def evaluate(
    network: Network,
    params: Sequence[Arrays],
    states: Sequence[Arrays],
    examples: Examples,
    scratch: Scratch,
) -> tuple[float, float]:
    """Mean cross-entropy (nats) and accuracy of one replicate; NaN both if a logit is not finite.

    `params` and `states` have a replicate axis of length 1.
    """
    loss = 0.0
    correct = 0
    for start in range(0, len(examples), CHUNK):
        inputs = examples.inputs[None, start : start + CHUNK]
        labels = examples.labels[None, start : start + CHUNK]
        logits, _ = network.forward(params, states, inputs, train=False, scratch=scratch)
        loss += float(cross_entropy(logits, labels).sum(dtype=np.float64))
        correct += int((logits.argmax(axis=-1) == labels).sum())
    if not np.isfinite(loss):
        return float("nan"), float("nan")
    return loss / len(examples), correct / len(examples)
