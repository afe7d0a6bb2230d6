"""Your own tables: a row for each example, a column of labels, columns of features.

The formats are in `overfit.data.csv_table` and `overfit.data.parquet_table`; see `Table`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

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
WHOLE = re.compile(r"[-+]?\d{1,18}")


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
    names: Annotated[tuple[Text, ...], Items, Field(min_length=2)] | None = None
    """Names of the classes as in the column of labels, in the order of their labels. Default: the
    names in the column, sorted."""
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
        if self.names is not None and len(set(self.names)) != self.classes:
            yield "names", f"{len(set(self.names))} names for {self.classes} classes"
        if self.features is not None and len(set(self.features)) != len(self.features):
            yield "features", "a column is named twice"
        if self.features is not None and self.label in self.features:
            yield "features", f"the column of labels, {self.label!r}, can't be a feature"
        if self.test_sha256 is not None and self.test_file is None:
            yield "test_sha256", "there is no test_file"

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
        names = self.names or _names([text for _, text in cells[0]], self.classes, paths[0])
        parts = tuple(
            Part(
                _labels(path, found, names),
                one.numbers(features),
                len(features),
                np.dtype(np.float32),
            )
            for path, one, found in zip(paths, tables, cells, strict=True)
        )
        return Loaded(
            parts, largest=self.largest, files=tuple(path.name for path in paths), names=names
        )


def _opened(path: Path, entry: TableDataset) -> Table:
    from overfit.data.parquet_table import ParquetTable  # loads pyarrow

    return ParquetTable(path) if path.suffix == ".parquet" else CsvTable(path, entry.delimiter)


def _check_columns(path: Path, table: Table, columns: Iterable[str]) -> None:
    for column in columns:
        if column not in table.columns:
            raise DataError(f"{path} has no column {column!r}; it has {', '.join(table.columns)}")


def _cells(path: Path, table: Table, entry: TableDataset) -> list[tuple[str, str]]:
    """The labels as text; reads no more of a table that is too long.

    Raises:
        DataError: there are too many labels, or a label is too long.
    """
    most = entry.pool + entry.test
    found = []
    for where, text in islice(table.cells(entry.label), most + 1):
        if len(text) > LONGEST_LABEL:
            raise DataError(
                f"{path}, {where}: a label of {len(text)} characters; at most {LONGEST_LABEL} are "
                "allowed"
            )
        found.append((where, text))
    if len(found) > most:
        raise DataError(f"{path} has more than {most} rows, but the catalogue says {most} in total")
    return found


def _names(texts: Sequence[str], classes: int, path: Path) -> tuple[str, ...] | None:
    """The names of the classes, sorted; None if the labels are whole numbers."""
    if all(WHOLE.fullmatch(text) for text in texts):
        return None
    names = sorted(set(texts))
    if len(names) != classes:
        shown = ", ".join(map(repr, names[:10])) + (", ..." if len(names) > 10 else "")
        raise DataError(
            f"the labels in {path} name {len(names)} classes ({shown}), but the catalogue says "
            f"{classes}"
        )
    return tuple(names)


def _labels(
    path: Path, cells: Sequence[tuple[str, str]], names: tuple[str, ...] | None
) -> NDArray[np.integer[Any]]:
    number = {name: label for label, name in enumerate(names or ())}
    labels = np.empty(len(cells), np.int64)
    for row, (where, text) in enumerate(cells):
        if names is None and not WHOLE.fullmatch(text):
            raise DataError(f"{path}, {where}: the label {text!r} is not a whole number")
        if names is not None and text not in number:
            raise DataError(
                f"{path}, {where}: the label {text!r} is not one of the classes "
                f"{', '.join(map(repr, names))}"
            )
        labels[row] = int(text) if names is None else number[text]
    return labels
