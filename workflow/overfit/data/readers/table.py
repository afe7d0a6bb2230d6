"""Your own tables: a row for each example, a column of labels, columns of features.

The formats are in `overfit.data.csv_table` and `overfit.data.parquet_table`; types and missing
values in `overfit.data.columns`; what can be wrong in `overfit.data.troubles`.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from overfit.config.model import Items, Text
from overfit.data.checked import DataError
from overfit.data.columns import Survey
from overfit.data.csv_table import CsvTable, nameless, no_column
from overfit.data.readers import (
    UNKNOWN,
    Blocks,
    Dataset,
    Largest,
    Loaded,
    Mistakes,
    Own,
    Part,
    Record,
    Sha256,
)
from overfit.data.statistics import Table
from overfit.data.streams import check_sha256
from overfit.data.table_keys import Names, TableKeys

COLUMNAR = {b"PAR1", b"ARRO"}
"""How files begin that are not text but columns."""


class TableDataset(Dataset, TableKeys):
    """A table with a row for each example: text (CSV and its relatives), Parquet or Feather.

    The kind is found by the content of the file, whatever its name is. Text may be packed: gzip,
    bzip2, xz, zip or zstd. Numbers become float32. In columns of true and false, or of yes and no,
    true and yes are 1, the others 0. Of other columns of text, each text becomes a feature of zeros
    and ones (one-hot). Dates are refused.
    """

    source: Literal["table"]
    file: Own
    """The table; relative to where Snakemake runs."""
    test_file: Own | None = None
    """A table of test examples; `null` to split the rows of `file` into pool and test set."""
    package: Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")] | None = None
    """The installed Python package that contains the tables, such as `sklearn`: their paths are
    relative to its folder."""
    features: Names | None = None
    """The columns of features, in this order. Default: all columns except the labels, `exclude`,
    the index of a pandas table, and row names."""
    exclude: Annotated[tuple[Text, ...], Items] = ()
    """Columns that are no features."""
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
        if self.package is not None and not self._folder():
            yield "package", f"no package {self.package!r} is installed"
        for key, names in (("features", self.features or ()), ("columns", self.columns or ())):
            if len(set(names)) != len(names):
                yield key, "a column is named twice"
        if self.features is not None and self.label in self.features:
            yield "features", f"the column of labels, {self.label!r}, can't be a feature"
        if self.label in self.exclude:
            yield "exclude", f"the column of labels, {self.label!r}, can't be excluded"
        if self.features is not None and self.exclude:
            yield "exclude", "features already says which columns are used; give only one of both"
        if self.columns is not None and self.header:
            yield "columns", "names of columns are for a file without header; set header: false"
        if self.thousands == self.decimal:
            yield "thousands", f"{self.thousands!r} can't separate both thousands and decimals"
        if self.encoding is not None and not _is_encoding(self.encoding):
            yield "encoding", f"Python knows no encoding {self.encoding!r}"
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
        files = (self.file,) if self.test_file is None else (self.file, self.test_file)
        return tuple(str(Path(self._folder(), file)) for file in files) if self.package else files

    def _folder(self) -> str:
        """The folder of the package, found without importing it; empty if it isn't installed."""
        spec = importlib.util.find_spec(self.package or "")
        return (spec.submodule_search_locations or [""])[0] if spec else ""

    def load(self) -> Loaded:
        """Pool and test set from two tables, or a single part to split."""
        paths = [Path(file) for file in self.files()]
        for path, expected in zip(paths, (self.sha256, self.test_sha256), strict=False):
            check_sha256(path, expected)
        tables = [opened(path, self) for path in paths]
        features, notes = self._features(tables[0])
        for name in () if isinstance(self.one_hot, str) else self.one_hot:
            if name not in features:
                raise DataError(no_column(tables[0].path, name, features))
        positions = [_positions(table, (*features, self.label)) for table in tables]
        survey = Survey.of(tables, features, positions, self, self.names or ())
        read = survey.features()
        parts = tuple(
            Part(
                survey.labels(number),
                Blocks(partial(survey.blocks, number)),
                len(read),
                np.dtype(np.float32),
                where=partial(survey.where, number),
            )
            for number in range(len(tables))
        )
        forms = [table.form for table in tables if isinstance(table, CsvTable)]
        return Loaded(
            parts,
            largest=self.largest,
            files=tuple(path.name for path in paths),
            noun="rows",
            missing=self.missing in ("mean", "median"),
            record=Record(
                survey.left_out(),
                read,
                (*(note for form in forms for note in form.notes), *notes),
                (*(warning for form in forms for warning in form.warnings), *survey.warnings()),
            ),
        )

    def _features(self, table: Table) -> tuple[tuple[str, ...], list[str]]:
        """The columns of features, and what is left out of them by itself.

        Raises:
            DataError: there is no such column, or a column can't be named.
        """
        if self.features is not None:
            return self.features, []
        for name in self.exclude:
            if name not in table.columns:
                raise DataError(no_column(table.path, name, table.columns))
        out = table.left_out()
        chosen = []
        for position, name in enumerate(table.columns):
            if position in out or name == self.label or name in self.exclude:
                continue
            if nameless(name) and position == len(table.columns) - 1 and _is_empty(table, position):
                out[position] = "the last column has neither name nor cells"
            else:
                chosen.append(name)
        notes = [
            f"{why}; it is left out"
            for position, why in out.items()
            if table.columns[position] != self.label
        ]
        if not chosen:
            raise DataError(f"{table.path} has no column besides {self.label!r}")
        return tuple(chosen), notes


def _is_encoding(name: str) -> bool:
    try:
        return isinstance("".encode(name), bytes)
    except (LookupError, ValueError):
        return False


def columns_of(path: Path, keys: Mapping[str, Any]) -> list[str]:
    """The names of the columns of a table, read by some keys of an entry."""
    return opened(path, TableDataset.model_validate({**keys, "test": 2})).columns


def opened(path: Path, keys: TableKeys) -> Table:
    """A table of text, Parquet or Feather, told apart by the first bytes.

    Raises:
        DataError: it can't be read.
    """
    try:
        with open(path, "rb") as file:
            begin = file.read(4)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    if begin in COLUMNAR:
        from overfit.data.parquet_table import ColumnTable  # loads pyarrow

        return ColumnTable(path)
    if path.suffix.lower() in (".parquet", ".pq", ".feather"):
        kind = "Feather" if path.suffix == ".feather" else "Parquet"
        raise DataError(f"{path} is not a {kind} file: it begins with {begin!r}")
    return CsvTable(path, keys)


def _positions(table: Table, names: Sequence[str]) -> list[int]:
    """The positions of columns, each of which must be the only one of its name."""
    counts = Counter(table.columns)
    places = {name: position for position, name in enumerate(table.columns)}
    for name in names:
        if not counts[name]:
            raise DataError(no_column(table.path, name, table.columns))
        if nameless(name):
            raise DataError(
                f"{table.path}: column {places[name] + 1} has no name; name it in the file or list "
                "the features"
            )
        if counts[name] > 1:
            raise DataError(f"{table.path} names {counts[name]} columns {name!r}")
    return [places[name] for name in names]


def _is_empty(table: Table, position: int) -> bool:
    return not any(
        (text or "").strip()
        for batch in table.batches([position])
        for text in batch[0].cast("string").unique().to_pylist()
    )
