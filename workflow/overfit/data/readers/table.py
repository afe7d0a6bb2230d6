"""Your own tables: a row for each example, a column of labels, columns of features.

The formats are in `overfit.data.csv_table` and `overfit.data.parquet_table`; see `Table`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from overfit.config.model import Items, Text
from overfit.data.checked import DataError
from overfit.data.csv_table import CsvTable
from overfit.data.readers import UNKNOWN, Dataset, Largest, Loaded, Mistakes, Part, Sha256
from overfit.data.streams import check_sha256

LONGEST_LABEL = 1000
"""Characters of a label."""


class Table(Protocol):
    """A file with named columns."""

    @property
    def columns(self) -> list[str]:
        """Their names, in order."""

    def cells(self, column: str) -> Iterator[tuple[str, str]]:
        """The cells of a column as text, each after its place in words."""

    def numbers(self, columns: Sequence[str]) -> Iterator[NDArray[np.float32]]:
        """Blocks (b, d) of the rows of these columns, all finite."""


class TableDataset(Dataset):
    """A table with a row for each example: CSV (with a header; gzipped or not) or Parquet.

    If the name ends in `.parquet`, the file is Parquet, else it is CSV in UTF-8. Features become
    float32.
    """

    source: Literal["table"]
    file: Text
    """The table; relative to where Snakemake runs."""
    test_file: Text | None = None
    """A table of test examples; `null` to split the rows of `file` into pool and test set."""
    label: Text = "label"
    """The column of labels. Whole numbers are the labels, anything else is the name of a class."""
    features: Annotated[tuple[Text, ...], Items, Field(min_length=1)] | None = None
    """The columns of features, in this order. Default: all columns except the labels."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    """The separator of cells in a CSV file; a tab is `"\\t"`."""
    largest: Largest = None
    """The value that becomes 1. Default: values are inputs as they are."""
    sha256: Sha256 | None = None
    """SHA-256 of `file`, checked if you give it."""
    test_sha256: Sha256 | None = None
    """SHA-256 of `test_file`, checked if you give it."""

    @property
    def inputs(self) -> int:
        """Features of an example; a guess if the entry doesn't name the columns."""
        return len(self.features) if self.features else UNKNOWN

    def _mistakes(self) -> Mistakes:
        yield from super()._mistakes()
        if self.features is not None and len(set(self.features)) != len(self.features):
            yield "features", "a column is named twice"
        if self.features is not None and self.label in self.features:
            yield "features", f"the column of labels, {self.label!r}, can't be a feature"
        if self.test_sha256 is not None and self.test_file is None:
            yield "test_sha256", "there is no test_file"
        if self.test_file is not None and Path(self.test_file) == Path(self.file):
            yield "test_file", "is the file of the pool; leave it out and write test: 0.3"

    @property
    def has_test(self) -> bool:
        """Whether there is a table of test examples."""
        return self.test_file is not None

    def files(self) -> tuple[str, ...]:
        """The table, and that of the test examples if there is one."""
        return (self.file,) if self.test_file is None else (self.file, self.test_file)

    def load(self) -> Loaded:
        """Pool and test set from two tables, or a single part to split."""
        paths = [Path(file) for file in self.files()]
        for path, expected in zip(paths, (self.sha256, self.test_sha256), strict=False):
            check_sha256(path, expected)
        tables = [_opened(path, self) for path in paths]
        features = self.features or tuple(c for c in tables[0].columns if c != self.label)
        for path, one in zip(paths, tables, strict=True):
            _check_columns(path, one, (self.label, *features))
        cells = [_cells(path, one, self) for path, one in zip(paths, tables, strict=True)]
        parts = tuple(
            Part(
                np.array([text for _, text in found]),
                one.numbers(features),
                len(features),
                np.dtype(np.float32),
                where=lambda row, path=path, found=found: f"{path}, {found[row][0]}",  # type: ignore[misc]
            )
            for path, one, found in zip(paths, tables, cells, strict=True)
        )
        return Loaded(
            parts, largest=self.largest, files=tuple(path.name for path in paths), noun="rows"
        )


def _opened(path: Path, entry: TableDataset) -> Table:
    from overfit.data.parquet_table import ParquetTable  # loads pyarrow

    return ParquetTable(path) if path.suffix == ".parquet" else CsvTable(path, entry.delimiter)


def _check_columns(path: Path, table: Table, columns: Iterable[str]) -> None:
    for column in columns:
        if column not in table.columns:
            raise DataError(f"{path} has no column {column!r}; it has {', '.join(table.columns)}")


def _cells(path: Path, table: Table, entry: TableDataset) -> list[tuple[str, str]]:
    """The labels as text.

    Raises:
        DataError: a label is too long.
    """
    found = []
    for where, text in table.cells(entry.label):
        if len(text) > LONGEST_LABEL:
            raise DataError(
                f"{path}, {where}: a label of {len(text)} characters; at most {LONGEST_LABEL} are "
                "allowed"
            )
        found.append((where, text))
    return found
