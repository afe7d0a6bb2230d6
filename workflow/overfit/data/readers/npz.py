"""Arrays of a NumPy archive, read as streams: nothing is extracted or unpickled."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any, Literal

import numpy as np
from numpy.lib import format as npy

from overfit.config.model import Text
from overfit.data.checked import DataError
from overfit.data.readers import (
    Dataset,
    Largest,
    Loaded,
    Mistakes,
    Own,
    Part,
    Sha256,
    Shape,
    array_mistakes,
)
from overfit.data.streams import Opened, StoredArray, check_sha256, stored_part

LONGEST = 200
"""The most characters that a message shows of another one or of a file."""


class NpzDataset(Dataset):
    """Arrays of a NumPy archive (`.npz`): images (n, rows, columns) or (n, values), and labels.

    Colour images have a fourth axis, before or after rows and columns. Unsigned bytes stay as they
    are, other numbers become float32. Labels may be numbers, text, bool, one-hot (n, classes) or a
    column (n, 1).
    """

    source: Literal["npz"]
    file: Own
    """The archive; relative to where Snakemake runs."""
    images: Text = "images"
    """Name of the array of the pool's images."""
    labels: Text = "labels"
    """Name of the array of the pool's labels."""
    validation_images: Text | None = None
    """Name of an array of more images that join the pool."""
    validation_labels: Text | None = None
    """Name of the array of their labels."""
    test_images: Text | None = None
    """Name of the array of the test images; `null` to split the images into pool and test set."""
    test_labels: Text | None = None
    """Name of the array of the test labels; `null` to split the images."""
    shape: Shape | None = None
    """The axes of an image, such as rows, columns, channels. Default: those of the array."""
    largest: Largest = None
    """The value that becomes 1. Default: 255 for unsigned bytes; other values are inputs as they
    are."""
    sha256: Sha256 | None = None
    """SHA-256 of the archive, checked if you give it."""

    def _mistakes(self) -> Mistakes:
        yield from super()._mistakes()
        yield from array_mistakes(self)

    @property
    def has_test(self) -> bool:
        """Whether there is an array of test images."""
        return self.test_images is not None

    def files(self) -> tuple[str, ...]:
        """The archive."""
        return (self.file,)

    def load(self) -> Loaded:
        """Pool and test set, or a single part to split."""
        path = Path(self.file)
        check_sha256(path, self.sha256)
        pairs = [(self.images, self.labels), (self.validation_images, self.validation_labels)]
        pool = [self._part(path, *pair) for pair in pairs if None not in pair]
        test = [self._part(path, self.test_images, self.test_labels)] if self.has_test else []
        return Loaded.of_images(pool, test, self.largest, (path.name,))

    def _part(self, path: Path, images: str | None, labels: str | None) -> Part:
        return stored_part(_array(path, images), _array(path, labels), self.shape)


def array_axes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shapes of the arrays of an archive.

    Raises:
        DataError: an array can't be read.
    """
    with zipfile.ZipFile(path) as archive:
        names = [name.removesuffix(".npy") for name in archive.namelist()]
    found = {}
    for name in names:
        with _opened(path, name) as (_, found[name], _, _):
            pass
    return found


def _array(path: Path, name: str | None) -> StoredArray:
    return StoredArray(f"{path}: array {name!r}", partial(_opened, path, name))


@contextmanager
def _opened(path: Path, name: str | None) -> Iterator[Opened]:
    what = f"{path}: array {name!r}"
    try:
        with open(path, "rb") as file, zipfile.ZipFile(file) as archive:
            _check_members(path, archive)
            member = f"{name}.npy"
            if member not in archive.namelist():
                there = ", ".join(n.removesuffix(".npy") for n in sorted(archive.namelist()))
                raise DataError(
                    f"{path} has no array {name!r}; it contains {_brief(there) or 'nothing'}"
                )
            with archive.open(member) as stream:
                yield stream, *_header(stream, what)
    except DataError:
        raise
    except Exception as error:  # zipfile and what it unpacks with know many kinds of damage
        if isinstance(error, OSError) and error.strerror:
            raise DataError(f"{path} cannot be read: {error.strerror}") from error
        why = _brief(str(error) or type(error).__name__)
        raise DataError(
            f"{path} is damaged or not an .npz archive: {why} (while array {name!r} was read)"
        ) from error


def _brief(text: str) -> str:
    """The beginning of a text that may come from a damaged file, in one line."""
    line = "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))
    return line[:LONGEST] + ("..." if len(line) > LONGEST else "")


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        parts = (*PurePosixPath(name).parts, *PureWindowsPath(name).parts)
        if ".." in parts or PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor:
            raise DataError(f"{path} contains {name!r}, which points outside of the archive")


def _header(stream: IO[bytes], what: str) -> tuple[tuple[int, ...], np.dtype[Any], bool]:
    try:
        version = npy.read_magic(stream)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, by_columns, dtype = read(stream)
    except zipfile.BadZipFile:
        raise
    except Exception as error:  # NumPy parses the header as Python, which fails in many ways
        raise DataError(f"{what} is not a NumPy array: {_brief(str(error))}") from error
    if any(isinstance(size, bool) or size < 0 for size in shape):
        raise DataError(f"{what} has shape {shape}")
    if dtype.hasobject:
        raise DataError(f"{what} contains Python objects, which are never unpickled; save numbers")
    return shape, dtype, by_columns and len(shape) > 1
