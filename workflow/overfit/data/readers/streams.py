"""Reading files from front to back: gzipped or not, checked, never more than a piece at a time."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from overfit.data.errors import DataError

PIECE = 1 << 20
"""Bytes of a piece."""
GZIP_MAGIC = b"\x1f\x8b"


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The content of a file, without gzip if it is gzipped, whatever its name.

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


def pieces(stream: IO[bytes], size: int) -> Iterator[bytes]:
    """`size` bytes of a stream, or what there is if there are fewer."""
    while size > 0 and (piece := stream.read(min(size, PIECE))):
        yield piece
        size -= len(piece)


def check_sha256(path: Path, expected: str | None, *, content: bool = False) -> None:
    """Compare the checksum of a user's file with the one that the catalogue declares, if it does.

    The file is left as it is.

    Args:
        path: the file.
        expected: its SHA-256; None if none is declared.
        content: of the content without gzip, rather than of the file as it is.

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
            "damaged, or another one"
        )


def sha256(stream: IO[bytes]) -> str:
    """The checksum of what is left of a stream."""
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
