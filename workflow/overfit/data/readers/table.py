"""Tables of the user's own: a row for each example, a column of labels, columns of features."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from overfit.config.datasets import TableDataset
from overfit.data.errors import DataError
from overfit.data.readers.csv_file import CsvFile
from overfit.data.readers.loaded import Loaded, Part
from overfit.data.readers.parquet_file import ParquetFile
from overfit.data.readers.streams import check_sha256

LONGEST_LABEL = 1000
"""Characters of a label."""
WHOLE = re.compile(r"[-+]?\d{1,18}")


class Table(Protocol):
    """A file with named columns."""

    @property
    def columns(self) -> list[str]:
        """Their names, in order."""

    def cells(self, column: str) -> Iterator[tuple[str, str]]:
        """The cells of a column as text, each after the words for where it is."""

    def numbers(self, columns: Sequence[str]) -> Iterator[NDArray[np.float32]]:
        """Blocks (b, d) of the rows of these columns, all finite."""


def table(entry: TableDataset) -> Loaded:
    """A dataset from one table, or from two.

    Raises:
        DataError: a file is missing, damaged, or not what was asked for.
    """
    paths = [Path(file) for file in entry.files()]
    for path, expected in zip(paths, (entry.sha256, entry.test_sha256), strict=False):
        check_sha256(path, expected)
    tables = [_opened(path, entry) for path in paths]
    features = entry.features or tuple(c for c in tables[0].columns if c != entry.label)
    for path, one in zip(paths, tables, strict=True):
        for column in (entry.label, *features):
            if column not in one.columns:
                raise DataError(f"{path} has no column {column!r}; it has {', '.join(one.columns)}")
    cells = [_cells(path, one, entry) for path, one in zip(paths, tables, strict=True)]
    names = entry.names or _names([text for _, text in cells[0]], entry.classes, paths[0])
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
        parts, largest=entry.largest, files=tuple(path.name for path in paths), names=names
    )


def _opened(path: Path, entry: TableDataset) -> Table:
    return ParquetFile(path) if path.suffix == ".parquet" else CsvFile(path, entry.delimiter)


def _cells(path: Path, table: Table, entry: TableDataset) -> list[tuple[str, str]]:
    """The labels as text; of a table that is too long, no more than show it.

    Raises:
        DataError: there are too many, or one is too long to keep one for each row in memory.
    """
    most = entry.pool + entry.test
    found = []
    for where, text in islice(table.cells(entry.label), most + 1):
        if len(text) > LONGEST_LABEL:
            raise DataError(
                f"{path}, {where}: a label of {len(text)} characters; {LONGEST_LABEL} are the most"
            )
        found.append((where, text))
    if len(found) > most:
        raise DataError(f"{path} has more than {most} rows, but the catalogue says {most} in all")
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
            raise DataError(f"{path}, {where}: the label {text!r} is no whole number")
        if names is not None and text not in number:
            raise DataError(
                f"{path}, {where}: the label {text!r} is none of the classes "
                f"{', '.join(map(repr, names))}"
            )
        labels[row] = int(text) if names is None else number[text]
    return labels
