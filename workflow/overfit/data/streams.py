"""Reads files from front to back, a piece at a time: gzipped or not, checked; and their arrays."""

from __future__ import annotations

import gzip
import hashlib
import math
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from overfit.data.checked import DataError

PIECE = 1 << 20
"""Bytes of a piece."""
GZIP_MAGIC = b"\x1f\x8b"


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The content of a file, without gzip if it is gzipped, whatever its name is.

    Raises:
        DataError: the file is missing, or turns out to be damaged while it is read.
    """
    try:
        with open(path, "rb") as file:
            gzipped = file.read(2) == GZIP_MAGIC
            file.seek(0)
            if not gzipped:
                yield file
                return
            with gzip.open(file, "rb") as content:
                yield content  # type: ignore[misc]
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path} is damaged or cut off: {error}") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error


def check_sha256(path: Path, expected: str | None, *, content: bool = False) -> None:
    """Compare the checksum of your own file with the one in the catalogue, if there is one.

    The file is left as it is.

    Args:
        path: the file.
        expected: its SHA-256; None if the catalogue has none.
        content: whether it is the SHA-256 of the content without gzip.

    Raises:
        DataError: they differ, or the file can't be read.
    """
    if expected is None:
        return
    with opened(path) if content else _plain(path) as stream:
        found = sha256(stream)
    if found != expected:
        what = "the content of " if content else ""
        raise DataError(
            f"{what}{path} has SHA-256 {found}, but the catalogue says {expected}; the file is "
            "damaged, or it is another one"
        )


def sha256(stream: IO[bytes]) -> str:
    """The checksum of the rest of a stream."""
    digest = hashlib.sha256()
    while piece := stream.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()


@contextmanager
def _plain(path: Path) -> Iterator[IO[Any]]:
    try:
        with open(path, "rb") as file:
            yield file
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error


def stored(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type of prepared images: unsigned bytes as they are, others as float32."""
    return np.dtype(np.uint8 if dtype == np.uint8 else np.float32)


def check_count(count: int, most: int, what: str) -> None:
    """Refuse more examples than the catalogue says, before their labels fill the memory.

    Raises:
        DataError: there are more.
    """
    if count > most:
        raise DataError(f"{what} contains {count} images, but the catalogue says {most} in total")


def rows(
    stream: IO[bytes], shape: Sequence[int], dtype: np.dtype[Any], what: str
) -> Iterator[NDArray[Any]]:
    """The rows of an array in C order that is the rest of a stream.

    Args:
        stream: the stream.
        shape: the shape of the array; all axes but the first are flattened.
        dtype: its type.
        what: its name for messages.

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
                f"but there are {start * row_bytes + len(content)}"
            )
        yield np.frombuffer(content, dtype).reshape(wanted, values)
    if stream.read(1):
        raise DataError(
            f"{what} continues after the {count * row_bytes} bytes of values that its header "
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
        raise DataError(f"{what} contains labels of type {dtype}; they must be whole numbers")
    found = [block[:, 0] for block in blocks]
    labels = np.concatenate(found) if found else np.empty(0, dtype)
    if dtype.kind == "u" and dtype.itemsize == 8 and (labels > np.iinfo(np.int64).max).any():
        raise DataError(f"{what} contains the label {labels.max()}")
    return labels.astype(np.int64)


def _read(stream: IO[bytes], size: int) -> bytes:
    """`size` bytes, or all that are left: one call may return fewer than there are."""
    content = stream.read(size)
    while len(content) < size and (more := stream.read(size - len(content))):
        content += more
    return content
