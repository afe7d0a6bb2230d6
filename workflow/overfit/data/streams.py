"""Reads files from front to back, a piece at a time: packed or not, checked; and their arrays."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import math
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from overfit.config.problems import listed
from overfit.data.checked import DataError
from overfit.data.readers import Blocks, Part

PIECE = 1 << 20
"""Bytes of a piece."""
MOST_VALUES = 10_000_000
"""The most values of an image."""


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The content of a file, unpacked if it is packed, whatever its name is.

    Raises:
        DataError: the file is missing, or turns out to be damaged while it is read.
    """
    with _plain(path) as file:
        begin = file.read(max(map(len, PACKED)))
        file.seek(0)
        unpack = next((PACKED[magic] for magic in PACKED if begin.startswith(magic)), None)
        if unpack is None:
            yield file
            return
        try:
            with unpack(file) as content:
                yield content
        except (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError) as error:
            raise DataError(f"{path} is damaged or cut off: {error}") from error
        except OSError as error:
            if error.errno is not None:  # of the disk, not of the format
                raise
            raise DataError(f"{path} is damaged or cut off: {error}") from error


@contextmanager
def _only_member(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The file in a zip archive that has no other."""
    with zipfile.ZipFile(file) as archive:
        names = [
            name
            for name in archive.namelist()
            if not name.endswith("/") and not name.startswith("__MACOSX/")
        ]
        if "xl/workbook.xml" in names:
            raise DataError(f"{file.name} is an Excel workbook; save the sheet as CSV")
        if any(name.endswith(".npy") for name in names):
            raise DataError(f"{file.name} is a NumPy archive; use source: npz")
        if len(names) != 1:
            raise DataError(
                f"{file.name} is an archive of {len(names)} files ({listed(names)}); unpack the "
                "right one"
            )
        with archive.open(names[0]) as content:
            yield content


@contextmanager
def _zstd(file: IO[bytes]) -> Iterator[IO[bytes]]:
    import pyarrow as pa  # here, since other jobs would wait for it

    yield io.BufferedReader(pa.CompressedInputStream(file, "zstd"))


PACKED: dict[bytes, Callable[[IO[bytes]], Any]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zXZ\0": lzma.open,
    b"\x28\xb5\x2f\xfd": _zstd,
    b"PK\x03\x04": _only_member,
}
"""The first bytes of packed files, and the functions that unpack them."""


@contextmanager
def _plain(path: Path) -> Iterator[IO[bytes]]:
    try:
        with open(path, "rb") as file:
            yield file
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error


def check_sha256(path: Path, expected: str | None, *, content: bool = False) -> None:
    """Compare the checksum of your own file with the one in the catalogue, if there is one.

    The file is left as it is.

    Args:
        path: the file.
        expected: its SHA-256; None if the catalogue has none.
        content: whether it is the SHA-256 of the unpacked content.

    Raises:
        DataError: they differ, or the file can't be read.
    """
    if expected is None:
        return
    with opened(path) if content else _plain(path) as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    if found != expected:
        what = "the content of " if content else ""
        raise DataError(
            f"{what}{path} has SHA-256 {found}, but the catalogue says {expected}; the file is "
            "damaged, or it is another one"
        )


Opened = tuple[IO[bytes], tuple[int, ...], "np.dtype[Any]", bool]
"""A stream that begins with the values of an array, its shape, its type, and whether its values are
in the order of columns."""


@dataclass(frozen=True)
class StoredArray:
    """An array in a file, which is read a piece at a time."""

    name: str
    """Its name in messages."""
    opened: Callable[[], AbstractContextManager[Opened]]

    def blocks(self) -> Iterator[NDArray[Any]]:
        """Blocks (b, d) of about a megabyte; all axes but the first are flattened.

        An array that is stored column by column is read as a whole.

        Raises:
            DataError: the file ends early, or continues after the array.
        """
        with self.opened() as (stream, shape, dtype, by_columns):
            if not by_columns:
                yield from _rows(stream, shape, dtype, self.name)
                return
            flat = np.concatenate(list(_rows(stream, (math.prod(shape),), dtype, self.name)))
            yield flat.reshape(shape, order="F").reshape(shape[0], -1)


def stored_part(images: StoredArray, labels: StoredArray, shape: tuple[int, ...] | None) -> Part:
    """Images and labels from two arrays.

    Args:
        images: an array (n, rows, columns), (n, rows, columns, channels), (n, channels, rows,
            columns) or (n, values), of any type of numbers.
        labels: their labels, see `overfit.data.labels`.
        shape: the expected axes of an image; None for those of the array.

    Raises:
        DataError: an array is not as expected.
    """
    with images.opened() as (_, axes, dtype, _):
        if dtype.kind not in "biuf":
            raise DataError(f"{images.name} is {dtype}; images must be numbers")
        own, wanted = axes[1:], shape or axes[1:]
        if math.prod(own) > MOST_VALUES:
            raise DataError(f"{images.name} has shape {axes}: an image has too many values")
        if not own or own not in (wanted, (math.prod(wanted),)) or 0 in axes:
            either = ", ".join(["n", *map(str, shape or ("rows", "columns"))])
            what = f"the catalogue's shape {list(shape)} needs" if shape else "images need"
            flat = f"(n, {math.prod(shape) if shape else 'values'})"
            raise DataError(f"{images.name} has shape {axes}; {what} ({either}) or {flat}")
    with labels.opened() as (_, label_axes, label_dtype, _):
        if label_axes[:1] != axes[:1] or len(label_axes) > 2 or 0 in label_axes:
            raise DataError(
                f"{labels.name} has shape {label_axes}; with {axes[0]} images it must be "
                f"({axes[0]},), or ({axes[0]}, classes) if it is one-hot"
            )
        if label_dtype.kind not in "biufSU" or not 0 < label_dtype.itemsize <= PIECE:
            raise DataError(f"{labels.name} is {label_dtype}; labels must be numbers or text")
    found = np.concatenate(list(labels.blocks()))
    return Part(
        found if len(label_axes) == 2 else found[:, 0],
        Blocks(images.blocks),
        math.prod(own),
        dtype,
        wanted if len(wanted) > 1 else (),
        lambda row: f"{labels.name}, row {row} (from 0)",
    )


def _rows(
    stream: IO[bytes], shape: Sequence[int], dtype: np.dtype[Any], what: str
) -> Iterator[NDArray[Any]]:
    """The rows of an array in C order that is the rest of a stream; see `StoredArray.blocks`."""
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


def _read(stream: IO[bytes], size: int) -> bytes:
    """`size` bytes, or all that are left: one call may return fewer than there are."""
    content = stream.read(size)
    while len(content) < size and (more := stream.read(size - len(content))):
        content += more
    return content
