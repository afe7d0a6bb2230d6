"""Files of the IDX format, that of MNIST: two zero bytes, type, number of axes, axes, values.

Source: http://yann.lecun.com/exdb/mnist/, "The IDX file format".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from overfit.config.datasets import IdxDataset
from overfit.data.errors import DataError
from overfit.data.readers import arrays
from overfit.data.readers.loaded import Loaded, Part
from overfit.data.readers.streams import check_sha256, opened

TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""The format's codes; numbers of several bytes have the highest first."""


def idx(entry: IdxDataset) -> Loaded:
    """IDX files in a folder of the user's own."""
    paths = [Path(file) for file in entry.files()]
    return load(
        paths,
        entry.shape,
        most=entry.pool + entry.test,
        largest=entry.largest,
        content_sha256=entry.content_sha256,
    )


def load(
    paths: Sequence[Path],
    shape: tuple[int, int],
    *,
    most: int,
    largest: float | None = None,
    content_sha256: Mapping[str, str],
) -> Loaded:
    """A dataset from files of images and labels, maybe followed by those of the test set.

    Args:
        paths: two or four files, gzipped or not.
        shape: rows and columns that an image must have.
        most: no file may hold more images.
        largest: the value that becomes 1, unless it is 255 for bytes.
        content_sha256: by the name of a file, without `.gz`, what its content must be.

    Raises:
        DataError: a file is missing, damaged, no IDX file, or not what was asked for.
    """
    for path in paths:
        check_sha256(path, content_sha256.get(path.name.removesuffix(".gz")), content=True)
    parts = tuple(_part(*pair, shape, most) for pair in zip(paths[::2], paths[1::2], strict=True))
    if largest is None and parts[0].dtype == np.uint8:
        largest = 255
    return Loaded(parts, largest=largest, files=tuple(path.name for path in paths))


def _part(images: Path, labels: Path, shape: tuple[int, int], most: int) -> Part:
    with opened(images) as stream:
        axes, dtype = _header(stream, images)
    if math.prod(axes[1:]) != math.prod(shape) or len(axes) < 2:
        raise DataError(
            f"{images} holds values of shape {axes}; the catalogue's shape {list(shape)} needs "
            f"(n, {shape[0]}, {shape[1]})"
        )
    with opened(labels) as stream:
        label_axes, label_dtype = _header(stream, labels)
        if len(label_axes) != 1:
            raise DataError(f"{labels} holds values of shape {label_axes}; labels have one axis")
        if label_axes[0] != axes[0]:
            raise DataError(f"{images} holds {axes[0]} images, {labels} {label_axes[0]} labels")
        arrays.check_count(axes[0], most, str(images))
        blocks = arrays.rows(stream, label_axes, label_dtype, str(labels))
        found = arrays.as_labels(blocks, label_dtype, str(labels))
    return Part(found, _images(images), math.prod(shape), arrays.stored(dtype))


def _images(path: Path) -> Iterator[NDArray[Any]]:
    with opened(path) as stream:
        axes, dtype = _header(stream, path)
        yield from arrays.as_images(arrays.rows(stream, axes, dtype, str(path)))


def _header(stream: IO[bytes], path: Path) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Axes and type."""
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in TYPES or magic[3] == 0:
        raise DataError(
            f"{path} is no IDX file: it begins with {magic.hex(' ') or 'nothing'}, not with "
            f"00 00, a type ({', '.join(f'{code:02x}' for code in TYPES)}) and a number of axes"
        )
    axes = stream.read(4 * magic[3])
    if len(axes) < 4 * magic[3]:
        raise DataError(f"{path} is cut off within its header")
    sizes = np.frombuffer(axes, ">u4").tolist()
    return tuple(sizes), np.dtype(TYPES[magic[2]])
