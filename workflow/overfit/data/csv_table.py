"""Tables as text: CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from overfit.data.checked import DataError
from overfit.data.streams import opened

ROWS = 1000
"""Rows of a block."""
LONGEST = 1 << 22
"""Characters of a record; 40,000 values of 20 characters take a fifth of it."""


@dataclass(frozen=True)
class CsvTable:
    """A CSV file in UTF-8 with a header, gzipped or not; empty lines are ignored."""

    path: Path
    delimiter: str

    @cached_property
    def columns(self) -> list[str]:
        """Their names, in order."""
        with self._records() as records:
            _, header = next(records, (1, []))
        if not header:
            raise DataError(f"{self.path} is empty; its first line must name the columns")
        for name in header:
            if not name or header.count(name) > 1:
                wrong = f"names {name!r} twice" if name else "leaves a column without a name"
                raise DataError(f"{self.path}, line 1: the header {wrong}")
        return header

    def cells(self, column: str) -> Iterator[tuple[str, str]]:
        """The cells of a column as text, each after its place in words."""
        position = self.columns.index(column)
        for line, record in self._rows():
            where = f"line {line}, column {column!r}"
            if not (text := record[position].strip()):
                raise DataError(f"{self.path}, {where}: the cell is empty")
            yield where, text

    def numbers(self, columns: Sequence[str]) -> Iterator[NDArray[np.float32]]:
        """Blocks (b, d) of the rows of these columns, all finite."""
        positions = [self.columns.index(column) for column in columns]
        block: list[list[float]] = []
        for line, record in self._rows():
            block.append([_number(record[position]) for position in positions])
            if math.isnan(sum(block[-1])):
                wrong = positions[next(i for i, x in enumerate(block[-1]) if math.isnan(x))]
                text = record[wrong].strip()
                what = f"{text[:40]!r} is not a finite number" if text else "the cell is empty"
                where = f"line {line}, column {self.columns[wrong]!r}"
                raise DataError(f"{self.path}, {where}: {what}")
            if len(block) == ROWS:
                yield np.array(block, np.float32)
                block = []
        if block:
            yield np.array(block, np.float32)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """The records after the header, each after the number of its last line."""
        width = len(self.columns)
        with self._records() as records:
            next(records)
            for line, record in records:
                if len(record) != width:
                    raise DataError(
                        f"{self.path}, line {line}: {len(record)} cells, but the header names "
                        f"{width} columns"
                    )
                yield line, record

    @contextmanager
    def _records(self) -> Iterator[Iterator[tuple[int, list[str]]]]:
        with opened(self.path) as stream:
            # utf-8-sig: some spreadsheets begin their files with a byte order mark
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
            lines = _Lines(self.path, text)
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            try:
                yield ((reader.line_num, record) for record in lines.begun(reader) if record)
            except csv.Error as error:
                raise DataError(f"{self.path}, line {reader.line_num}: {error}") from error
            except UnicodeDecodeError as error:
                raise DataError(
                    f"{self.path} is not UTF-8 text after line {reader.line_num}"
                ) from error
            finally:
                text.detach()


@dataclass
class _Lines:
    """The lines of a text; refuses records that would fill the memory."""

    path: Path
    text: io.TextIOWrapper
    taken: int = 0
    """Characters of the record that is being read."""

    def __iter__(self) -> Iterator[str]:
        number = 0
        while line := self.text.readline(LONGEST):
            number += 1
            self.taken += len(line)
            if self.taken >= LONGEST:
                raise DataError(
                    f"{self.path}, line {number}: a row of {LONGEST} characters or more"
                )
            yield line

    def begun(self, records: Iterable[list[str]]) -> Iterator[list[str]]:
        """The records; the characters of each are counted anew."""
        for record in records:
            self.taken = 0
            yield record


LARGEST = float(np.finfo(np.float32).max)


def _number(text: str) -> float:
    """The number of a cell; NaN if float32 can't represent it."""
    try:
        number = float(text)
    except ValueError:
        return math.nan
    # Python reads 1_000; a table must not.
    return number if math.fabs(number) <= LARGEST and "_" not in text else math.nan
