"""What a source of data gives: labels, and images piece by piece."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Part:
    """Some images and their labels, in one order.

    `labels` (n,) are integers. `blocks` gives the images piece by piece, each piece (b, d), uint8
    or float32 as `dtype` says; a file larger than memory is never held as a whole.
    """

    labels: NDArray[np.integer[Any]]
    blocks: Iterable[NDArray[Any]]
    values: int
    """d, the number of values of an image."""
    dtype: np.dtype[Any]

    @classmethod
    def of(cls, images: NDArray[Any], labels: NDArray[np.integer[Any]]) -> Part:
        """Images (n, d) that are in memory."""
        return cls(labels, (images,), images.shape[1], images.dtype)


@dataclass(frozen=True)
class Loaded:
    """A dataset as its source has it."""

    parts: tuple[Part, ...]
    """Pool and test set; a single part if they are to be made by splitting it."""
    largest: float | None = None
    """The value that becomes 1; None for values that are inputs as they are."""
    files: tuple[str, ...] = ()
    """Names of the files that were read."""
    names: tuple[str, ...] | None = None
    """What the classes are called, in the order of their labels."""
