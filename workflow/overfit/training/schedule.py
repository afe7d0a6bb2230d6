"""When to evaluate, and which examples make up each batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge
from numpy.typing import NDArray

from overfit.nn.checks import Part

Count = Annotated[int, Ge(1)]


def evaluation_points(budget: int, points: int) -> set[int]:
    """The updates `T (i / points)^2` of a budget of T updates, i from 0 to `points`, rounded.

    They are dense at the start, where curves are steep, and include the last update.
    """
    return {round(budget * (i / points) ** 2) for i in range(points + 1)}


@dataclass(frozen=True)
class Schedule(Part):
    """A budget of `epochs` passes over `examples` training examples, or of `updates` updates.

    `sampling="shuffle"`: every epoch is a new permutation, and its last batch is smaller if the
    batch size does not divide the set. `sampling="replacement"`: each batch is sampled separately,
    and an example may appear twice, as in Deep Learning from Scratch; an epoch is then the number
    of batches that contain as many examples as the set.

    It is evaluated at the `evaluation_points` of `points`, and at those of each number in `also`.
    """

    examples: Count
    batch_size: Count
    epochs: Count | None = None
    points: Count = 40
    updates: Count | None = None
    sampling: Literal["shuffle", "replacement"] = "shuffle"
    also: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.epochs is None) == (self.updates is None):
            raise ValueError(
                f"epochs is {self.epochs} and updates is {self.updates}; set exactly one of them"
            )
        if self.batch_size > self.examples:
            raise ValueError(
                f"batch_size is {self.batch_size}; it must not exceed the {self.examples} examples"
            )

    @property
    def updates_per_epoch(self) -> int:
        """Parameter updates in one epoch."""
        return -(-self.examples // self.batch_size)

    @property
    def budget(self) -> int:
        """Parameter updates in total."""
        return self.updates or (self.epochs or 0) * self.updates_per_epoch

    @property
    def smallest_batch(self) -> int:
        """Examples in the smallest batch: the last of an epoch if it is incomplete and reached."""
        rest = self.examples % self.batch_size
        cut = self.sampling == "shuffle" and self.budget >= self.updates_per_epoch
        return rest if rest and cut else self.batch_size

    def evaluation_points(self) -> list[int]:
        """The updates after which the network is evaluated, from 0 to the last, ascending."""
        numbers = (self.points, *self.also)
        return sorted({at for points in numbers for at in evaluation_points(self.budget, points)})

    def epoch_ends(self) -> list[int]:
        """0, the updates after which each epoch ends, and the last update, ascending."""
        return [*range(0, self.budget, self.updates_per_epoch), self.budget]

    def batches(self, rngs: Sequence[np.random.Generator]) -> Iterator[NDArray[np.int64]]:
        """Indices (R, B) of each batch, without end; replicate r uses `rngs[r]`."""
        while self.sampling == "replacement":
            yield np.stack([rng.integers(0, self.examples, self.batch_size) for rng in rngs])
        while True:
            order = np.stack([rng.permutation(self.examples) for rng in rngs])
            for start in range(0, self.examples, self.batch_size):
                yield order[:, start : start + self.batch_size]
