"""Arrays of a NumPy archive, read as streams: nothing is extracted, and nothing unpickled."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from overfit.config.datasets import NpzDataset
from overfit.data.errors import DataError
from overfit.data.readers import arrays
from overfit.data.readers.loaded import Loaded, Part
from overfit.data.readers.streams import check_sha256


def npz(entry: NpzDataset) -> Loaded:
    """A dataset from an archive of the user's own.

    Raises:
        DataError: the archive is missing, damaged or unsafe, or doesn't hold the arrays.
    """
    path = Path(entry.file)
    check_sha256(path, entry.sha256)
    pairs = [(entry.images, entry.labels), (entry.test_images, entry.test_labels)]
    parts = tuple(
        _part(path, images, labels, entry.shape, entry.pool + entry.test)
        for images, labels in pairs
        if images is not None and labels is not None
    )
    largest = 255 if entry.largest is None and parts[0].dtype == np.uint8 else entry.largest
    return Loaded(parts, largest=largest, files=(path.name,))


def _part(path: Path, images: str, labels: str, shape: tuple[int, int], most: int) -> Part:
    with _array(path, images) as (_, axes, dtype):
        values = math.prod(shape)
        if dtype.kind not in "biuf":
            raise DataError(f"{path}: array {images!r} is {dtype}; images must be numbers")
        if len(axes) < 2 or math.prod(axes[1:]) != values:
            raise DataError(
                f"{path}: array {images!r} has shape {axes}; the catalogue's shape {list(shape)} "
                f"needs (n, {shape[0]}, {shape[1]}) or (n, {values})"
            )
    with _array(path, labels) as (stream, label_axes, label_dtype):
        what = f"{path}: array {labels!r}"
        if label_axes != axes[:1]:
            raise DataError(
                f"{what} has shape {label_axes}; with {axes[0]} images it must be ({axes[0]},)"
            )
        arrays.check_count(axes[0], most, f"{path}: array {images!r}")
        found = arrays.as_labels(
            arrays.rows(stream, label_axes, label_dtype, what), label_dtype, what
        )
    return Part(found, _images(path, images), values, arrays.stored(dtype))


def _images(path: Path, name: str) -> Iterator[NDArray[Any]]:
    with _array(path, name) as (stream, axes, dtype):
        what = f"{path}: array {name!r}"
        yield from arrays.as_images(arrays.rows(stream, axes, dtype, what))


@contextmanager
def _array(path: Path, name: str) -> Iterator[tuple[IO[bytes], tuple[int, ...], np.dtype[Any]]]:
    """The values of an array as a stream, its shape and its type."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive)
            member = f"{name}.npy"
            if member not in archive.namelist():
                there = ", ".join(n.removesuffix(".npy") for n in sorted(archive.namelist()))
                raise DataError(f"{path} has no array {name!r}; it holds {there or 'nothing'}")
            with archive.open(member) as stream:
                yield stream, *_header(stream, f"{path}: array {name!r}")
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise DataError(f"{path} is damaged or no .npz archive: {error}") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error


def _check_members(path: Path, archive: zipfile.ZipFile) -> None:
    for name in archive.namelist():
        parts = (*PurePosixPath(name).parts, *PureWindowsPath(name).parts)
        if ".." in parts or PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor:
            raise DataError(f"{path} holds {name!r}, which climbs out of the archive")


def _header(stream: IO[bytes], what: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    try:
        version = npy.read_magic(stream)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(stream)
    except ValueError as error:
        raise DataError(f"{what} is no NumPy array: {error}") from error
    if dtype.hasobject:
        raise DataError(f"{what} holds Python objects, which are never unpickled; save numbers")
    if fortran and len(shape) > 1:
        raise DataError(
            f"{what} is stored column by column; save numpy.ascontiguousarray(array) instead"
        )
    return shape, dtype
