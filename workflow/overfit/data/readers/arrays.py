"""Arrays that lie in a stream, row by row."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from overfit.data.errors import DataError
from overfit.data.readers.streams import PIECE


def stored(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """What images of a type are prepared as: unsigned bytes as they are, others as float32."""
    return np.dtype(np.uint8 if dtype == np.uint8 else np.float32)


def check_count(count: int, most: int, what: str) -> None:
    """Refuse more examples than the catalogue announces, before their labels fill the memory.

    Raises:
        DataError: there are more.
    """
    if count > most:
        raise DataError(f"{what} holds {count} images, but the catalogue says {most} in all")


def rows(
    stream: IO[bytes], shape: Sequence[int], dtype: np.dtype[Any], what: str
) -> Iterator[NDArray[Any]]:
    """The rows of an array of C order that begins at the stream's position, and ends with it.

    Args:
        stream: where the array is.
        shape: its shape; all but the first axis are flattened.
        dtype: its type.
        what: what it is, for messages.

    Yields:
        Blocks (b, d) of about a megabyte, of the array's own type.

    Raises:
        DataError: the stream ends early, or goes on after the array.
    """
    count, values = shape[0], math.prod(shape[1:])
    row_bytes = values * dtype.itemsize
    step = max(1, PIECE // max(row_bytes, 1))
    for start in range(0, count, step):
        wanted = min(step, count - start)
        content = _read(stream, wanted * row_bytes)
        if len(content) < wanted * row_bytes:
            raise DataError(
                f"{what} is cut off: its header announces {count * row_bytes} bytes of values, "
                f"there are {start * row_bytes + len(content)}"
            )
        yield np.frombuffer(content, dtype).reshape(wanted, values)
    if stream.read(1):
        raise DataError(
            f"{what} goes on after the {count * row_bytes} bytes of values that its header "
            "announces"
        )


def as_images(blocks: Iterator[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    """Blocks of any type as images are prepared; what float32 can't hold becomes infinite."""
    for block in blocks:
        with np.errstate(over="ignore", invalid="ignore"):
            yield block.astype(stored(block.dtype), copy=False)


def as_labels(blocks: Iterator[NDArray[Any]], dtype: np.dtype[Any], what: str) -> NDArray[Any]:
    """Blocks (b, 1) as labels (n,).

    Raises:
        DataError: they are not integers.
    """
    if dtype.kind not in "iu":
        raise DataError(f"{what} holds labels of type {dtype}; they must be whole numbers")
    found = [block[:, 0] for block in blocks]
    labels = np.concatenate(found) if found else np.empty(0, dtype)
    if dtype.kind == "u" and dtype.itemsize == 8 and (labels > np.iinfo(np.int64).max).any():
        raise DataError(f"{what} holds the label {labels.max()}")
    return labels.astype(np.int64)


def _read(stream: IO[bytes], size: int) -> bytes:
    """`size` bytes, or what there is: a stream may give fewer than it could."""
    content = stream.read(size)
    while len(content) < size and (more := stream.read(size - len(content))):
        content += more
    return content
