"""Files for the loaders to read, written by the tests' own hand, and entries that ask for them."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import yaml

from overfit.data.catalogue import DATASET_ENTRY
from overfit.data.prepare import prepare as prepare_dataset

CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}
FILES = {
    "images": "train-images-idx3-ubyte",
    "labels": "train-labels-idx1-ubyte",
    "test_images": "t10k-images-idx3-ubyte",
    "test_labels": "t10k-labels-idx1-ubyte",
}


def idx_bytes(array: np.ndarray) -> bytes:
    """An array as the format's description says: big-endian sizes, then big-endian values."""
    head = struct.pack(">HBB", 0, CODES[array.dtype.str[1:]], array.ndim)
    sizes = b"".join(struct.pack(">i", n) for n in array.shape)
    return head + sizes + array.astype(array.dtype.newbyteorder(">")).tobytes()


def _zipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("content", content)
    return buffer.getvalue()


PACKINGS = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zip": _zipped,
    ".zst": lambda content: pa.compress(content, "zstd", asbytes=True),
}
"""What packs a file, by the end of its name."""


def write_idx(path: Path, array: np.ndarray, packing: str = "") -> None:
    path.with_name(path.name + packing).write_bytes(PACKINGS[packing](idx_bytes(array)))


def entry(text: str) -> dict:
    """An entry of the catalogue; what every dataset says of itself has a default here."""
    about = {"title": "Mine", "origin": "me", "licence": "none", "classes": 2, "pool": 6, "test": 4}
    return {**about, **yaml.safe_load(text)}


def prepare(name: str, entry: dict, folder: Path) -> None:
    """Prepare the dataset of an entry as it is written."""
    prepare_dataset(name, DATASET_ENTRY.validate_python(entry), folder)


def images(count: int, dtype: type = np.uint8, shape: tuple[int, int] = (2, 3)) -> np.ndarray:
    return np.random.default_rng(count).integers(0, 100, (count, *shape)).astype(dtype)


def labels(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.uint8) % 2


def prepared(folder: Path) -> tuple[np.ndarray, np.ndarray, dict]:
    """What was prepared, read without the project's help."""
    return (
        np.load(folder / "images.npy"),
        np.load(folder / "labels.npy"),
        json.loads((folder / "card.json").read_text()),
    )


def replaced(content, old, new):
    assert content.count(old) >= 1
    return content.replace(old, new, 1)
