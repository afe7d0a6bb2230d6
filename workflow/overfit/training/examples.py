"""Examples to learn from, as inputs, or as stored values that are converted on demand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.nn.scratch import Array, Scratch
from overfit.training.scaling import Scaling

PIXELS = Scaling(1 / 255)
"""Pixels from 0 to 255 become inputs from 0 to 1."""

CHUNK = 1024
"""Rows evaluated at once. Chunks begin at fixed rows, so a number never depends on what else is
evaluated; larger chunks outgrow the L2 cache."""


@dataclass(frozen=True)
class Examples:
    """Inputs and their labels (n,), integers from 0.

    `inputs` (N, d) are floats, or pixels (uint8), maybe memory-mapped. `rows` (n,) says which of
    them are meant, in which order; without it, all. `scaling` makes inputs of them; without it,
    floats are inputs as they are, and pixels become inputs from 0 to 1. They are converted batch by
    batch: a large set costs no copy.
    """

    inputs: NDArray[Any]
    labels: NDArray[np.integer[Any]]
    rows: NDArray[np.integer[Any]] | None = None
    scaling: Scaling | None = None

    def __post_init__(self) -> None:
        if self.inputs.ndim != 2:
            raise ValueError(f"inputs have shape {self.inputs.shape}; expected (N, d)")
        count = self.inputs.shape[0] if self.rows is None else len(self.rows)
        if self.labels.shape != (count,) or count == 0:
            raise ValueError(
                f"inputs have shape {self.inputs.shape}, of which {count} rows are meant, and "
                f"labels {self.labels.shape}; expected one label a row, and at least one row"
            )
        if not np.issubdtype(self.labels.dtype, np.integer) or self.labels.min() < 0:
            raise ValueError(
                f"labels are {self.labels.dtype}, {self.labels.min()} the least; they must be "
                "integers from 0"
            )
        if self.inputs.dtype not in (np.float32, np.float64, np.uint8):
            raise ValueError(
                f"inputs are {self.inputs.dtype}; they must be float32, float64, or uint8 pixels"
            )
        if self.inputs.dtype != np.uint8:
            for start in range(0, len(self.inputs), CHUNK):  # they may be larger than memory
                if not np.isfinite(self.inputs[start : start + CHUNK]).all():
                    raise ValueError("inputs hold values that are not finite")
        if self.rows is not None:
            self._check(self.rows)

    def _check(self, rows: NDArray[np.integer[Any]]) -> None:
        """`gather` relies on it: there, a row that does not exist is replaced by the last."""
        last = self.inputs.shape[0] - 1
        if not np.issubdtype(rows.dtype, np.integer) or rows.min() < 0 or rows.max() > last:
            raise ValueError(
                f"rows are {rows.dtype} and run from {rows.min()} to {rows.max()}; they must be "
                f"integers from 0 to {last}"
            )

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the floats that the network gets."""
        return np.dtype(np.float32) if self.inputs.dtype == np.uint8 else self.inputs.dtype

    @property
    def ready(self) -> bool:
        """Whether `inputs` are what the network gets, all of them and in order."""
        return self.rows is None and self.scaling is None and self.inputs.dtype != np.uint8

    def converted(self) -> Examples:
        """The same examples with a copy of their inputs, ready for the network."""
        inputs = np.empty((len(self), self.inputs.shape[1]), self.dtype)
        self.gather(np.arange(len(self)), inputs, Scratch(self.dtype))
        return Examples(inputs, self.labels)

    def gather(self, index: NDArray[np.integer[Any]], out: Array, scratch: Scratch) -> None:
        """Write the inputs of the examples `index` (b,) into `out` (b, d)."""
        rows = index if self.rows is None else self.rows[index]
        # mode="clip" skips a copy that the default bounds check makes; rows are in range.
        if self.inputs.dtype != np.uint8:
            np.take(self.inputs, rows, axis=0, out=out, mode="clip")
            if self.scaling is not None:
                self.scaling.apply(out, out)
            return
        pixels = scratch("pixels", out.shape, np.uint8)
        np.take(self.inputs, rows, axis=0, out=pixels, mode="clip")
        (self.scaling or PIXELS).apply(pixels, out)

    def chunks(self, scratch: Scratch) -> Iterator[tuple[Array, NDArray[np.integer[Any]]]]:
        """Inputs (1, b, d) and labels (1, b), 1024 examples at a time."""
        return chunks([self], scratch)


def chunks(
    examples: Sequence[Examples], scratch: Scratch
) -> Iterator[tuple[Array, NDArray[np.integer[Any]]]]:
    """Inputs (R, b, d), not to be written to, and labels (R, b), 1024 examples at a time.

    Args:
        examples: of each of R replicates, equally many; those that all of them share, and those of
            one replicate that are ready, are not copied.
        scratch: memory for the others.
    """
    first = examples[0]
    shared = all(one is first for one in examples)
    own = examples[:1] if shared else examples
    for start in range(0, len(first), CHUNK):
        stop = min(start + CHUNK, len(first))
        if len(own) == 1 and first.ready:
            inputs = first.inputs[None, start:stop]
        else:
            inputs = scratch("chunk", (len(own), stop - start, first.inputs.shape[1]))
            for one, out in zip(own, inputs, strict=True):
                if one.ready:
                    np.copyto(out, one.inputs[start:stop])
                else:
                    one.gather(np.arange(start, stop), out, scratch)
        labels = np.stack([one.labels[start:stop] for one in own])
        if shared:
            inputs = np.broadcast_to(inputs, (len(examples), *inputs.shape[1:]))
            labels = np.broadcast_to(labels, (len(examples), stop - start))
        yield inputs, labels
