"""Reads what other jobs wrote: tables, arrays and prepared datasets, and notices damage.

Parquet pages and the members of an .npz file have CRC-32 checksums. Both end with a footer, so a
truncated file is noticed, too. The card of a dataset has the SHA-256 of its arrays.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.parquet as pq


class DataError(Exception):
    """A dataset or a result can't be read or isn't as expected; the text explains what to do."""


def read_table(path: Path | str) -> pd.DataFrame:
    """Read a Parquet file that `overfit.jobs.training.write_table` wrote.

    Raises:
        FileNotFoundError: the file is missing.
        DataError: the file is damaged.
    """
    import pyarrow as pa  # here, since jobs that read no table would wait for it
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
        if len(_row_counts(file)) > 1:  # checksums don't cover the footer
            raise OSError("its footer contradicts itself")
        return file.read().to_pandas()
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from error


def _row_counts(file: pq.ParquetFile) -> set[int]:
    """The numbers of rows in the footer: of the file, of its parts, of each column."""
    about = file.metadata
    groups = [about.row_group(i) for i in range(about.num_row_groups)]
    columns = (
        sum(group.column(i).num_values for group in groups) for i in range(about.num_columns)
    )
    return {about.num_rows, sum(group.num_rows for group in groups), *columns}


def read_arrays(path: Path | str) -> dict[str, NDArray[Any]]:
    """Read all arrays of an .npz file. Pickles, which could run code, are refused.

    Raises:
        FileNotFoundError: the file is missing.
        DataError: the file is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            # Before NumPy reads the header of an array, which it would try to parse.
            if member := archive.testzip():
                raise zipfile.BadZipFile(f"bad CRC-32 for {member}")
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except FileNotFoundError:
        raise
    except (OSError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise _damaged(path, error) from error


@dataclass(frozen=True)
class Prepared:
    """A prepared dataset: images (n, d), uint8 or float32, and labels (n,), uint8, memory-mapped.

    The first `pool` rows are the pool, the rest is the test set. An input of the network is a value
    times `scale`.
    """

    images: NDArray[np.uint8] | NDArray[np.float32]
    labels: NDArray[np.uint8]
    pool: int
    classes: int
    scale: float
    names: tuple[str, ...] = ()
    """The names of the classes."""
    missing: str | None = None
    """What replaces missing values (NaN): the `mean` or the `median` of a seed's training set; None
    if there are none."""

    @classmethod
    def open(cls, folder: Path) -> Prepared:
        """Open the files that `overfit.data.prepare` wrote into `folder`.

        Raises:
            DataError: a file is damaged, or the files don't belong together.
        """
        try:
            card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
            images = np.load(folder / "images.npy", mmap_mode="r", allow_pickle=False)
            labels = np.load(folder / "labels.npy", mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise _damaged(folder, error) from error
        if len(images) != len(labels) or len(labels) != card["images"]:
            raise DataError(
                f"{folder} has {len(images)} images and {len(labels)} labels, but its card says "
                f"{card['images']}; delete it and run again"
            )
        check_array(folder / "images.npy", images, card["images_sha256"])
        check_array(folder / "labels.npy", labels, card["labels_sha256"])
        pool, names = card["splits"]["pool"][1], tuple(card["names"])
        missing = card.get("missing")
        missing = missing if missing in ("mean", "median") else None
        return cls(images, labels, pool, card["classes"], card["scale"], names, missing)

    @property
    def pool_labels(self) -> NDArray[np.uint8]:
        """Labels of the pool, from which training and validation sets are drawn."""
        return self.labels[: self.pool]

    def floats(self, rows: slice | NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """The images of `rows` as inputs, float32, shape (n, d)."""
        return np.multiply(self.images[rows], np.float32(self.scale), dtype=np.float32)


def check_array(path: Path | str, array: NDArray[Any], expected: str) -> None:
    """Check that an array that was read from `path` has the expected SHA-256.

    Raises:
        DataError: it has another one.
    """
    if hashlib.sha256(np.ascontiguousarray(array).data).hexdigest() != expected:
        raise _damaged(path, "its SHA-256 is not the one on the dataset's card")


def _damaged(path: Path | str, why: object) -> DataError:
    return DataError(f"{path} is damaged ({why}); delete it and run again")
