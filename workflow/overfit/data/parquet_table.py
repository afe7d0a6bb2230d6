"""Tables in columns: Parquet and Feather, read by pyarrow."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from overfit.data.checked import DataError
from overfit.data.columns import is_text

VALUES = 1 << 18
"""About this many values are read at once."""
TEXTS = 1 << 28
"""Bytes of a column of text, each text that repeats counted once in each group of rows: columns
with more are neither labels nor categories."""
READ_ALL = """
import sys
import pyarrow as pa, pyarrow.parquet as pq
file = sys.argv[1]
if open(file, "rb").read(4) == b"PAR1":
    batches = pq.ParquetFile(file, memory_map=True).iter_batches(int(sys.argv[2]))
else:
    reader = pa.ipc.open_file(pa.memory_map(file))
    batches = (reader.get_batch(i) for i in range(reader.num_record_batches))
for batch in batches:
    batch.validate(full=True)
"""
"""Reads a whole file; a damaged one can end the process."""


@dataclass(frozen=True)
class ColumnTable:
    """A Parquet or a Feather file; rows are counted from 1."""

    path: Path

    @cached_property
    def _schema(self) -> pa.Schema:
        """Names and types of the columns, of a file that doesn't end the process that reads it."""
        child = subprocess.run(  # noqa: S603
            [sys.executable, "-c", READ_ALL, self.path, str(VALUES)],
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        if child.returncode < 0:
            ended = signal.Signals(-child.returncode).name
            raise DataError(f"{self.path} is damaged: reading it ends the process ({ended})")
        with self._readable():
            return self._parquet().schema_arrow if self._is_parquet else self._feather().schema

    @cached_property
    def columns(self) -> list[str]:
        """Their names, in order."""
        return [name.strip() for name in self._schema.names]

    def left_out(self) -> dict[int, str]:
        """Columns that are not features, and why: the index of pandas."""
        with suppress(ValueError, TypeError, KeyError, AttributeError):
            about = json.loads((self._schema.metadata or {})[b"pandas"])
            index = {name for name in about["index_columns"] if isinstance(name, str)}
            return {
                position: f"column {name!r} is the index of the pandas table"
                for position, name in enumerate(self._schema.names)
                if name in index
            }
        return {}

    def batches(
        self,
        positions: Sequence[int],
        texts: Collection[int] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """The values of these columns, some rows at a time.

        Raises:
            DataError: the file is damaged, or a column is not of a kind that can be read.
        """
        for position in positions:
            kind = self._schema.field(position).type
            if pa.types.is_nested(kind) or pa.types.is_binary(kind):
                raise DataError(
                    f"{self.path}: column {self.columns[position]!r} is {kind}; features must be "
                    "numbers, text or true and false"
                )
        with self._readable():
            read = self._of_parquet if self._is_parquet else self._of_feather
            batches = read(positions)
        while True:
            with self._readable():
                batch = next(batches, None)
                if batch is None:
                    return
                batch.validate(full=True)
            yield batch

    def cells(self, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], tuple[str, str]]:
        """Where cells (row, position) are, in words, and their texts."""
        positions = sorted({position for _, position in wanted})
        found, start = {}, 0
        for batch in self.batches(positions) if positions else ():
            for row, position in wanted:
                if start <= row < start + len(batch[0]):
                    value = batch[positions.index(position)][row - start].as_py()
                    text = "" if value is None else str(value)
                    found[row, position] = f"row {row + 1}", text
            start += len(batch[0])
        return found

    def troubles(self) -> list[str]:
        """What is wrong with rows as a whole: nothing in these formats."""
        return []

    @cached_property
    def _is_parquet(self) -> bool:
        with open(self.path, "rb") as file:
            return file.read(4) == b"PAR1"

    def _of_parquet(self, positions: Sequence[int]) -> Iterator[pa.RecordBatch]:
        names = [self._schema.names[position] for position in positions]
        types = [self._schema.field(position).type for position in positions]
        texts = [name for name, kind in zip(names, types, strict=True) if is_text(kind)]
        about = self._parquet().metadata
        stored = dict.fromkeys(texts, 0)
        for group in map(about.row_group, range(about.num_row_groups)):
            for column in map(group.column, range(group.num_columns)):
                if column.path_in_schema in stored:
                    stored[column.path_in_schema] += column.total_uncompressed_size
        for name, size in stored.items():
            if size > TEXTS:
                raise DataError(f"{self.path}: column {name!r} contains {size} bytes of text")
        # A repeated text stays a single one: a small file could repeat a large one a million times.
        batches = self._parquet(texts).iter_batches(
            max(1, VALUES // len(positions)), columns=names, use_threads=False
        )
        return (batch.select(names) for batch in batches)

    def _of_feather(self, positions: Sequence[int]) -> Iterator[pa.RecordBatch]:
        wanted = sorted(positions)
        reader = self._feather(wanted)
        rows = max(1, VALUES // len(positions))
        for number in range(reader.num_record_batches):
            whole = reader.get_batch(number)
            for start in range(0, len(whole), rows):
                part = whole.slice(start, rows)
                yield part.select([wanted.index(position) for position in positions])

    def _parquet(self, texts: Sequence[str] = ()) -> pq.ParquetFile:
        return pq.ParquetFile(self.path, memory_map=True, read_dictionary=list(texts))

    def _feather(self, fields: Sequence[int] | None = None) -> pa.ipc.RecordBatchFileReader:
        options = pa.ipc.IpcReadOptions(included_fields=fields, use_threads=False)
        return pa.ipc.open_file(pa.memory_map(str(self.path)), options=options)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Whatever pyarrow raises of a damaged file becomes a line that names the file."""
        try:
            yield
        except DataError:
            raise
        except Exception as error:
            said = str(error).partition("\n")[0][:200]
            kind = "Parquet" if self._is_parquet else "Feather"
            raise DataError(f"{self.path} is a damaged {kind} file: {said}") from error
