"""Files of the IDX format, that of MNIST: two zero bytes, type, number of axes, axes, values.

Source: http://yann.lecun.com/exdb/mnist/, "The IDX file format".
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
from pydantic import Field

from overfit.config.model import Text
from overfit.data.checked import DataError
from overfit.data.readers import (
    Dataset,
    Largest,
    Loaded,
    Mistakes,
    Own,
    Sha256,
    Shape,
    array_mistakes,
)
from overfit.data.streams import Opened, StoredArray, check_sha256, opened, stored_part

IDX_NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
"""The names of MNIST's files."""
SUFFIXES = (".gz", ".bz2", ".xz", ".zip", ".zst")
"""The ends of the names of packed files; how they are unpacked is found in their content."""
TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""The codes of the format; numbers are big-endian."""


class IdxDataset(Dataset):
    """IDX files in one of your folders, each as it is or packed.

    A packed file has `.gz`, `.bz2`, `.xz`, `.zip` or `.zst` at the end of its name. Values may have
    any type of the format. Unsigned bytes stay as they are, others become float32.
    """

    source: Literal["idx"]
    folder: Own
    """The folder; relative to where Snakemake runs."""
    images: Text = IDX_NAMES[0]
    """The file of the pool's images, without the suffix of its packing."""
    labels: Text = IDX_NAMES[1]
    """The file of the pool's labels."""
    validation_images: Text | None = None
    """The file of more images that join the pool."""
    validation_labels: Text | None = None
    """The file of their labels."""
    test_images: Text | None = IDX_NAMES[2]
    """The file of the test images; `null` to split the images into pool and test set."""
    test_labels: Text | None = IDX_NAMES[3]
    """The file of the test labels; `null` to split the images."""
    shape: Shape | None = None
    """Rows and columns of an image, and channels if there are any. Default: as in the file."""
    largest: Largest = None
    """The value that becomes 1. Default: 255 for unsigned bytes; other values are inputs as they
    are."""
    content_sha256: dict[str, Sha256] = Field(default_factory=dict)
    """SHA-256 of the unpacked content of files by name; checked for the files you name."""

    def _mistakes(self) -> Mistakes:
        yield from super()._mistakes()
        yield from array_mistakes(self)
        if unknown := set(self.content_sha256) - set(self._names()):
            yield "content_sha256", f"no file {min(unknown)!r}; allowed: {', '.join(self._names())}"

    def _names(self) -> list[str]:
        pool = (self.images, self.labels, self.validation_images, self.validation_labels)
        names = (*pool, self.test_images, self.test_labels)
        return [name for name in names if name is not None]

    @property
    def has_test(self) -> bool:
        """Whether there are files of test images."""
        return self.test_images is not None

    def files(self) -> tuple[str, ...]:
        """Images and labels of the pool, then those of the test set if it has its own."""
        return tuple(idx_file(self.folder, name) for name in self._names())

    def load(self) -> Loaded:
        """Pool and test set, or a single part to split."""
        return read_idx(
            [Path(file) for file in self.files()],
            self.shape,
            has_test=self.has_test,
            largest=self.largest,
            content_sha256=self.content_sha256,
        )


def idx_file(folder: str, name: str) -> str:
    """The path of an IDX file, with the suffix of its packing if only the packed one exists."""
    path = Path(folder, name)
    packed = (path.with_name(name + suffix) for suffix in SUFFIXES)
    return str(next((file for file in (path, *packed) if file.is_file()), path))


def unpacked_name(name: str) -> str:
    """The name of a file without the suffix of its packing."""
    stem, suffix = os.path.splitext(name)
    return stem if suffix in SUFFIXES else name


def idx_axes(folder: Path, name: str) -> tuple[int, ...] | None:
    """The axes of a file; None if it is not an IDX file."""
    try:
        with _opened(Path(idx_file(str(folder), name))) as (_, axes, _, _):
            return axes
    except DataError:
        return None


def read_idx(
    paths: Sequence[Path],
    shape: tuple[int, ...] | None,
    *,
    has_test: bool,
    largest: float | None = None,
    content_sha256: Mapping[str, str],
) -> Loaded:
    """A dataset from files of images and labels, maybe followed by those of the test set.

    Args:
        paths: pairs of files, packed or not.
        shape: the expected axes of an image; None for those of the files.
        has_test: whether the last pair is the test set.
        largest: the value that becomes 1; by default 255 for bytes.
        content_sha256: the expected SHA-256 of the content of files, by name without the
            suffix of its packing.

    Raises:
        DataError: a file is missing, damaged, not an IDX file, or not as expected.
    """
    for path in paths:
        check_sha256(path, content_sha256.get(unpacked_name(path.name)), content=True)
    arrays = [StoredArray(str(path), partial(_opened, path)) for path in paths]
    parts = [
        stored_part(images, labels, shape)
        for images, labels in zip(arrays[::2], arrays[1::2], strict=True)
    ]
    pooled = len(parts) - has_test
    names = tuple(path.name for path in paths)
    return Loaded.of_images(parts[:pooled], parts[pooled:], largest, names)


@contextmanager
def _opened(path: Path) -> Iterator[Opened]:
    with opened(path) as stream:
        yield stream, *_header(stream, path), False


def _header(stream: IO[bytes], path: Path) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Axes and type."""
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in TYPES or magic[3] == 0:
        raise DataError(
            f"{path} is not an IDX file: it begins with {magic.hex(' ') or 'nothing'}, not with "
            f"00 00, a type ({', '.join(f'{code:02x}' for code in TYPES)}) and a number of axes"
        )
    axes = stream.read(4 * magic[3])
    if len(axes) < 4 * magic[3]:
        raise DataError(f"{path} is cut off within its header")
    sizes = np.frombuffer(axes, ">u4").tolist()
    return tuple(sizes), np.dtype(TYPES[magic[2]])
