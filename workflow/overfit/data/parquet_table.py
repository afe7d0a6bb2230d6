"""Tables in columns: Parquet."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from overfit.data.checked import DataError

VALUES = 1 << 18
"""About this many values are read at once."""
TEXTS = 1 << 28
"""Bytes of a column of text, each text that repeats counted once in each group
of rows: columns with more are not labels."""


@dataclass(frozen=True)
class ParquetTable:
    """A Parquet file; rows are counted from 1."""

    path: Path

    @cached_property
    def columns(self) -> list[str]:
        """Their names, in order."""
        with self._opened() as file:
            return list(file.schema_arrow.names)

    def cells(self, column: str) -> Iterator[tuple[str, str]]:
        """The cells of a column as text, each after its place in words."""
        with self._opened() as file:
            kind = file.schema_arrow.field(column).type
            inner = kind.value_type if pa.types.is_dictionary(kind) else kind
            text = pa.types.is_string(inner) or pa.types.is_large_string(inner)
            if not text and not pa.types.is_integer(inner):
                raise DataError(
                    f"{self.path}: column {column!r} is {kind}; labels must be text or whole "
                    "numbers"
                )
            groups = [file.metadata.row_group(i) for i in range(file.num_row_groups)]
            stored = sum(
                group.column(i).total_uncompressed_size
                for group in groups
                for i in range(group.num_columns)
                if group.column(i).path_in_schema == column
            )
            if stored > TEXTS:
                raise DataError(f"{self.path}: column {column!r} contains {stored} bytes of labels")
        row = 0
        # A repeated text stays a single text; a small file could repeat it a million times.
        for batch in self._batches([column], texts=[column] if text else []):
            values = batch.column(0)
            for index in range(len(values)):
                row += 1
                where = f"row {row}, column {column!r}"
                value = values[index].as_py()
                if value is None or value == "":
                    raise DataError(f"{self.path}, {where}: the cell is empty")
                yield where, str(value)

    def numbers(self, columns: Sequence[str]) -> Iterator[NDArray[np.float32]]:
        """Blocks (b, d) of the rows of these columns, all finite."""
        with self._opened() as file:
            for column in columns:
                kind = file.schema_arrow.field(column).type
                if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
                    raise DataError(
                        f"{self.path}: column {column!r} is {kind}; features must be numbers"
                    )
        row = 0
        for batch in self._batches(columns):
            # by name: the file has its own order
            found = [batch.column(c).to_numpy(zero_copy_only=False) for c in columns]
            with np.errstate(over="ignore"):
                block = np.stack(found, axis=1).astype(np.float32)
            if not np.isfinite(block).all():
                where, position = np.argwhere(~np.isfinite(block))[0]
                value = batch.column(columns[position])[int(where)].as_py()
                what = "the cell is empty" if value is None else f"{value} is not a finite number"
                raise DataError(
                    f"{self.path}, row {row + where + 1}, column {columns[position]!r}: {what}"
                )
            yield block
            row += len(block)

    def _batches(
        self, columns: Sequence[str], texts: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """The rows in parts; the columns `texts` as dictionaries of their values."""
        with self._opened(texts) as file:
            batches = file.iter_batches(
                max(1, VALUES // len(columns)), columns=list(columns), use_threads=False
            )
            while (batch := self._checked(lambda: next(batches, None))) is not None:
                yield batch

    def _opened(self, texts: Sequence[str] = ()) -> pq.ParquetFile:
        return self._checked(
            lambda: pq.ParquetFile(self.path, memory_map=True, read_dictionary=list(texts))
        )

    def _checked(self, read: Any) -> Any:
        try:
            return read()
        except FileNotFoundError as error:
            reason = os.strerror(errno.ENOENT)  # Arrow's own message repeats the whole path
            raise DataError(f"{self.path} cannot be read: {reason}") from error
        except (pa.ArrowException, OSError) as error:
            said = str(error).partition("\n")[0]
            raise DataError(f"{self.path} is damaged or not a Parquet file: {said}") from error
