"""When to evaluate, and which examples make up each batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Schedule:
    """A budget of `epochs` passes over `examples` training examples in batches of `batch_size`.

    The last batch of an epoch is smaller where the batch size does not divide the set. `points`
    evaluations after the first are spread quadratically, `update_i = T (i / points)^2`: dense at
    the start, where curves are steep, and always with the last update.
    """

    examples: int
    batch_size: int
    epochs: int
    points: int = 40

    def __post_init__(self) -> None:
        for name in ("examples", "batch_size", "epochs", "points"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if self.batch_size > self.examples:
            raise ValueError(
                f"batch_size is {self.batch_size}; it must not exceed the {self.examples} examples"
            )

    @property
    def updates_per_epoch(self) -> int:
        """Parameter updates in one epoch."""
        return -(-self.examples // self.batch_size)

    @property
    def updates(self) -> int:
        """Parameter updates in all."""
        return self.epochs * self.updates_per_epoch

    def evaluation_points(self) -> list[int]:
        """The updates after which the network is evaluated, from 0 to the last, ascending."""
        total = self.updates
        return sorted({round(total * (i / self.points) ** 2) for i in range(self.points + 1)})

    def batches(self, rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
        """Indices of each batch: every epoch a new permutation, every example once an epoch."""
        for _ in range(self.epochs):
            order = rng.permutation(self.examples)
            for start in range(0, self.examples, self.batch_size):
                yield order[start : start + self.batch_size]
