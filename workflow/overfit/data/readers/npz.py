"""Arrays of a NumPy archive, read as streams: nothing is extracted or unpickled."""

from __future__ import annotations

import zipfile
import zlib
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
    Sha256,
    Shape,
    unpaired,
)
from overfit.data.streams import Opened, StoredArray, check_sha256, stored_part


class NpzDataset(Dataset):
    """Arrays of a NumPy archive (`.npz`): images (n, rows, columns) or (n, values), labels (n,).

    Unsigned bytes stay as they are, other numbers become float32.
    """

    source: Literal["npz"]
    file: Text
    """The archive; relative to where Snakemake runs."""
    images: Text = "images"
    """Name of the array of the pool's images."""
    labels: Text = "labels"
    """Name of the array of the pool's labels, whole numbers."""
    test_images: Text | None = None
    """Name of the array of the test images; `null` to split the images into pool and test set."""
    test_labels: Text | None = None
    """Name of the array of the test labels; `null` to split the images."""
    shape: Shape
    """Rows and columns of an image; 1 row if examples are not images."""
    largest: Largest = None
    """The value that becomes 1. Default: 255 for unsigned bytes; other values are inputs as they
    are."""
    sha256: Sha256 | None = None
    """SHA-256 of the archive, checked if you give it."""

    def _mistakes(self) -> Mistakes:
        yield from super()._mistakes()
        yield from unpaired(self.test_images, self.test_labels)

    def files(self) -> tuple[str, ...]:
        """The archive."""
        return (self.file,)

    def load(self) -> Loaded:
        """Pool and test set, or a single part to split."""
        path = Path(self.file)
        check_sha256(path, self.sha256)
        pairs = [(self.images, self.labels), (self.test_images, self.test_labels)]
        parts = tuple(
            stored_part(
                _array(path, images), _array(path, labels), self.shape, self.pool + self.test
            )
            for images, labels in pairs
            if images is not None and labels is not None
        )
        return Loaded.of_images(parts, self.largest, (path.name,))


def _array(path: Path, name: str) -> StoredArray:
    return StoredArray(f"{path}: array {name!r}", partial(_opened, path, name))


@contextmanager
def _opened(path: Path, name: str) -> Iterator[Opened]:
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive)
            member = f"{name}.npy"
            if member not in archive.namelist():
                there = ", ".join(n.removesuffix(".npy") for n in sorted(archive.namelist()))
                raise DataError(f"{path} has no array {name!r}; it contains {there or 'nothing'}")
            with archive.open(member) as stream:
                yield stream, *_header(stream, f"{path}: array {name!r}")
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise DataError(f"{path} is damaged or not an .npz archive: {error}") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        parts = (*PurePosixPath(name).parts, *PureWindowsPath(name).parts)
        if ".." in parts or PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor:
            raise DataError(f"{path} contains {name!r}, which points outside of the archive")


def _header(stream: IO[bytes], what: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    try:
        version = npy.read_magic(stream)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(stream)
    except ValueError as error:
        raise DataError(f"{what} is not a NumPy array: {error}") from error
    if dtype.hasobject:
        raise DataError(f"{what} contains Python objects, which are never unpickled; save numbers")
    if fortran and len(shape) > 1:
        raise DataError(
            f"{what} is stored column by column; save numpy.ascontiguousarray(array) instead"
        )
    return shape, dtype
