"""Reads what other jobs wrote: tables, arrays and prepared datasets, and notices damage.

Each file is compared with the record that its job wrote beside it, see `overfit.results`.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from overfit.results import (
    ALTERED,
    MADE_BY,
    DatasetFiles,
    Record,
    Results,
    damage,
    read_record,
    remake,
    sha256,
)

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa


SPEC = b"specification"
"""The key of the metadata of Parquet files that has the run or the search."""


Content = TypeVar("Content")
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


class DataError(Exception):
    """A dataset or a result can't be read or isn't as expected; the text explains what to do."""


class DamagedError(DataError):
    """A result can't be read; the text names the command that makes it again."""

    def __init__(self, path: Path | str, why: object) -> None:
        self.path, self.why = Path(path), printable(" ".join(str(why).split()))[:200]
        super().__init__(damage(path, self.why))

    @property
    def remake(self) -> str:
        """The command that makes the result again."""
        return remake(self.path)


def printable(text: str) -> str:
    """A text for a page or a terminal: no control characters and nothing that XML forbids.

    Names in data files may contain them; each is replaced by U+FFFD. Tabs and line feeds stay.
    """
    return _NOT_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def whole(path: Path, read: Callable[[Path], Content]) -> Content | DamagedError:
    """The result of `read`, or a text about the damage: one bad file must not cost the page."""
    try:
        return read(path)
    except DamagedError as error:
        return error
    except Exception as error:  # whatever a reader stumbles over
        return DamagedError(path, error.__cause__ or f"{type(error).__name__}: {error}")


def content(path: Path | str) -> bytes:
    """The content of a result, after comparison with its record.

    In a job, a result needs a record: Snakemake makes it again without one. Elsewhere, a result
    without a record is read as it is, since a notebook writes none.

    Raises:
        FileNotFoundError: the file is missing.
        DataError: it is not what its job wrote.
    """
    path = Path(path)
    found = path.read_bytes()
    _compare(path, hashlib.sha256(found).hexdigest())
    return found


def _compare(path: Path, digest: str) -> None:
    record = recorded(path)
    if record and digest != record["sha256"]:
        raise damaged(path)


def vouched(path: Path) -> Record:
    """The record of a result.

    Raises:
        DataError: nothing, or the record is damaged.
    """
    if (record := recorded(path)) is None:
        raise damaged(path, "its record is missing")
    return record


def recorded(path: Path) -> Record | None:
    """The record of a result; None if there is none, which a job does not accept.

    Raises:
        DataError: the record is damaged, or a job needs it.
    """
    try:
        record = read_record(path)
    except ValueError as error:
        raise damaged(path, "its record can't be read") from error
    if record is None and MADE_BY.get() is not None:
        raise damaged(path, "its record is missing")
    return record


def read_parquet(path: Path | str) -> pa.Table:
    """Read a Parquet file that a job wrote.

    Raises:
        FileNotFoundError: the file is missing.
        DataError: the file is damaged.
    """
    import pyarrow as pa  # here, since jobs that read no table would wait for it
    import pyarrow.parquet as pq

    found = content(path)  # compared before pyarrow, which some damage makes abort the process
    try:
        table = pq.read_table(pa.BufferReader(found), page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise damaged(path, error) from error
    record = recorded(Path(path))
    if record and (record.get("rows"), record.get("columns")) != (len(table), table.column_names):
        raise damaged(path, "its rows or columns are not those of its record")
    return table


def read_table(path: Path | str, *, of: str | None = None) -> pd.DataFrame:
    """Read a Parquet file as `read_parquet` does, for pandas.

    Args:
        path: the file.
        of: the specification that it should have been made by, as YAML; None: any.
    """
    table = read_parquet(path)
    recorded = (table.schema.metadata or {}).get(SPEC)
    if of is not None and recorded not in (None, of.encode()):
        raise damaged(path, "its specification differs from that of the experiment")
    return table.to_pandas()


def read_arrays(path: Path | str) -> dict[str, NDArray[Any]]:
    """Read all arrays of an .npz file. Pickles, which could run code, are refused.

    Raises:
        FileNotFoundError: the file is missing.
        DataError: the file is damaged.
    """
    found = content(path)
    try:
        with zipfile.ZipFile(io.BytesIO(found)) as archive:
            # Before NumPy reads the header of an array, which it would try to parse.
            if member := archive.testzip():
                raise zipfile.BadZipFile(f"bad CRC-32 for {member}")
        with np.load(io.BytesIO(found), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise damaged(path, error) from error


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
    """The replacement of missing values (NaN): the `mean` or the `median` of a seed's training set;
    None if there are none."""

    @classmethod
    def open(cls, folder: Path) -> Prepared:
        """Open the files that `overfit.data.prepare` wrote into `folder`.

        Raises:
            DataError: a file is missing or damaged, or the files don't belong together.
        """
        files = DatasetFiles(folder)
        try:
            card = json.loads(content(files.card))
            for path in (files.images, files.labels):
                _compare(path, sha256(path))
            images = np.load(files.images, mmap_mode="r", allow_pickle=False)
            labels = np.load(files.labels, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise damaged(folder, error) from error
        if len(images) != len(labels) or len(labels) != card["images"]:
            raise damaged(
                folder,
                f"{len(images)} images and {len(labels)} labels, but {card['images']} on its card",
            )
        pool, names = card["splits"]["pool"][1], tuple(card["names"])
        missing = card.get("missing")
        missing = missing if missing in ("mean", "median") else None
        return cls(images, labels, pool, card["classes"], card["scale"], names, missing)

    @classmethod
    def of(cls, name: str, results: Results) -> Prepared:
        """Open a dataset among the results.

        Raises:
            DataError: as `open`, or the card is that of another dataset.
        """
        files = results.dataset(name)
        found = cls.open(files.root)
        if (card := json.loads(content(files.card)))["dataset"] != name:
            raise damaged(files.root, f"its card is that of {card['dataset']}")
        return found

    @property
    def pool_labels(self) -> NDArray[np.uint8]:
        """Labels of the pool, from which training and validation sets are drawn."""
        return self.labels[: self.pool]

    def floats(self, rows: slice | NDArray[np.integer[Any]]) -> NDArray[np.float32]:
        """The images of `rows` as inputs, float32, shape (n, d)."""
        return np.multiply(self.images[rows], np.float32(self.scale), dtype=np.float32)


def damaged(path: Path | str, why: object = ALTERED) -> DamagedError:
    """The error of a result that can't be read or isn't what its job wrote."""
    return DamagedError(path, why)
