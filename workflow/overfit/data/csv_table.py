"""Tables as text: CSV and its relatives, read by pyarrow.csv."""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from overfit.config.problems import did_you_mean
from overfit.data.checked import DataError
from overfit.data.csv_form import (
    SAMPLE,
    Form,
    form_of,
    is_number,
    records_of,
    squeezed,
    uncommented,
    undecodable,
)
from overfit.data.streams import opened
from overfit.data.table_keys import TableKeys

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 1 << 20
"""Bytes parsed at once, unless rows are so long that this would be few of them."""
WORKERS = 2
"""Blocks parsed side by side, while the last one is converted."""
Cell = tuple[int, int]
"""A row, and the position of a column."""


@dataclass
class CsvTable:
    """A text with a row on each line; empty lines are ignored."""

    path: Path
    keys: TableKeys
    odd: list[int] = field(default_factory=list, init=False)
    """The number of cells of each row that has too few or too many, of the batches so far."""

    @property
    def columns(self) -> list[str]:
        """Their names, in order; empty if there is none."""
        return self.form.columns

    def left_out(self) -> dict[int, str]:
        """Columns that are not features, and why: row names."""
        if self.keys.columns or not self.columns or not nameless(self.columns[0]):
            return {}
        return {0: "the first column has no name: it is taken for row names"}

    @cached_property
    def form(self) -> Form:
        """Found at the beginning of the file, as far as keys don't say it."""
        return form_of(self.path, self.keys)

    @property
    def block(self) -> int:
        """Bytes parsed at once."""
        return min(max(BLOCK, 32 * self.form.longest), SAMPLE)

    def batches(
        self, positions: Sequence[int], texts: Collection[int] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The cells of these columns, some rows at a time: as text, or float64 if all are numbers.

        Args:
            positions: where the columns are.
            texts: which of `positions` are text, all by default; more may join while rows are read.

        Raises:
            DataError: the file can't be read to its end.
        """
        import pyarrow as pa

        self.odd.clear()
        if texts is None or self.keys.thousands or self.keys.decimal != ".":
            texts = range(len(positions))
        with self._content() as content, ThreadPoolExecutor(WORKERS) as workers:
            try:
                yield from self._parsed(content, positions, texts, workers)
            except pa.ArrowInvalid as error:
                raise self._explained(str(error)) from error
            except UnicodeError as error:
                raise undecodable(self.path, self.form.encoding) from error

    def _parsed(
        self,
        content: IO[bytes],
        positions: Sequence[int],
        texts: Collection[int],
        workers: Executor,
    ) -> Iterator[pa.RecordBatch]:
        """Whole lines, some at a time and side by side; from a quoted cell on, a single stream.

        A quoted cell may contain ends of lines, so that only a parser knows where its row ends.
        """
        skip = self.form.lines
        names = [str(position) for position in positions]
        text = dict.fromkeys(names, "string")
        parsed: deque[Future[list[pa.RecordBatch]]] = deque()
        while (piece := content.read(self.block) + content.readline(SAMPLE)).endswith(b"\n"):
            header, lines = _after(piece, skip)
            if b'"' in lines or b"\r" in header.replace(b"\r\n", b""):
                break
            skip = 0
            numbers = [name for i, name in enumerate(names) if i not in texts]
            types = text | dict.fromkeys(numbers, "double")
            parsed.append(workers.submit(self._batches_of, lines, types, text))
            if len(parsed) > 2 * WORKERS:
                yield from parsed.popleft().result()
        for future in parsed:
            yield from future.result()
        rest = _stream(chain([piece], iter(partial(content.read, BLOCK), b"")))
        batches = self._batches(rest, text, self.odd, self.block, skip, quoted=True)
        ahead = workers.submit(next, batches, None)
        while (batch := ahead.result()) is not None:
            ahead = workers.submit(next, batches, None)  # while this one is converted
            yield batch

    def _batches_of(
        self, lines: bytes, types: dict[str, str], text: dict[str, str]
    ) -> list[pa.RecordBatch]:
        """Rows, all as text if a cell is not of its type."""
        import pyarrow as pa

        odd: list[int] = []
        try:
            found = [*self._batches(io.BytesIO(lines), types, odd, len(lines) + 1)]
        except pa.ArrowInvalid:
            odd.clear()
            found = [*self._batches(io.BytesIO(lines), text, odd, len(lines) + 1)]
        self.odd += odd
        return found

    def _batches(
        self,
        content: Any,
        types: dict[str, str],
        odd: list[int],
        block: int,
        skip: int = 0,
        *,
        quoted: bool = False,
    ) -> Iterator[pa.RecordBatch]:
        """Columns with these types, about `block` bytes at a time, after `skip` lines."""
        import pyarrow as pa
        from pyarrow import csv as arrow

        blanks = self.form.delimiter == "whitespace"
        try:
            yield from arrow.open_csv(
                content,
                arrow.ReadOptions(
                    use_threads=False,
                    block_size=block,
                    column_names=[str(i) for i in range(len(self.columns))],
                    skip_rows=skip,
                ),
                arrow.ParseOptions(
                    delimiter=" " if blanks else self.form.delimiter,
                    quote_char='"' if quoted else False,
                    newlines_in_values=quoted,
                    invalid_row_handler=partial(_skip, odd),
                ),
                arrow.ConvertOptions(
                    column_types=types,
                    include_columns=[*types],
                    null_values=["", *self.keys.missing_words],  # of numbers; texts are as they are
                ),
            )
        except pa.ArrowInvalid as error:  # nothing but empty lines
            if "Empty CSV file" not in str(error) and "Could not skip" not in str(error):
                raise

    def _explained(self, said: str) -> DataError:
        if "straddling" in said:
            line = 1 + self.form.lines
            with self._records() as records:
                for number, record in records:
                    if sum(map(len, record)) > self.block // 2:
                        break
                    line = number + 1
            return DataError(f"{self.path}, line {line}: a row of {self.block} bytes or more")
        if "UTF8" in said:
            return undecodable(self.path, "utf-8")
        return DataError(f"{self.path}: {said}")

    def cells(self, wanted: Collection[Cell]) -> dict[Cell, tuple[str, str]]:
        """Where cells are, in words, and their texts as in the file."""
        found = self._looked_up({row for row, _ in wanted})
        return {
            (row, position): (f"line {found[row][0]}", found[row][1][position].strip())
            for row, position in wanted
            if row in found  # pyarrow and csv can disagree about stray quotes
        }

    def troubles(self) -> list[str]:
        """What is wrong with rows as a whole, after all batches have been read."""
        if not self.odd:
            return []
        width = len(self.columns)
        with self._records() as records:
            line, record = next(
                (
                    (line, record)
                    for line, record in records
                    if len(record) != width and any(map(str.strip, record))
                ),
                (None, []),
            )
        if line is None:  # pyarrow and csv can disagree about stray quotes
            return [
                f"{self.path}: {len(self.odd)} rows don't have {width} cells; look for stray quotes"
            ]
        more = f" (and {len(self.odd) - 1} more rows)" if len(self.odd) > 1 else ""
        cells = f"{len(record)} cell{'s' * (len(record) != 1)}"
        what = f"{cells}, but there are {width} columns{more}"
        if any("\n" in cell or "\r" in cell for cell in record):
            what = f"a quoted cell ends in this line; {what}"
        return [f"{self.path}, line {line}: {what}"]

    def _looked_up(self, rows: Collection[int]) -> dict[int, tuple[int, list[str]]]:
        """The last lines and the cells of rows."""
        found: dict[int, tuple[int, list[str]]] = {}
        if rows:
            width, number = len(self.columns), 0
            with self._records() as records:
                for line, record in records:
                    if len(record) == width:
                        if number in rows:
                            found[number] = line, record
                        number += 1
                    if number > max(rows):
                        break
        return found

    @contextmanager
    def _records(self) -> Iterator[Iterator[tuple[int, list[str]]]]:
        """The rows as `batches` finds them, each after the number of its last line."""
        with opened(self.path) as stream:
            text = io.TextIOWrapper(stream, self.form.encoding, "replace", newline="")
            every = iter(partial(text.readline, SAMPLE), "")
            lines = (uncommented(line, self.keys.comment) for line in every)
            skipped = self.form.lines
            for _ in islice(lines, skipped):
                pass
            yield (
                (line + skipped, record) for line, record in records_of(lines, self.form.delimiter)
            )
            with suppress(ValueError):
                text.detach()

    @contextmanager
    def _content(self) -> Iterator[IO[bytes]]:
        """The text as UTF-8, with comments emptied and blanks squeezed if cells need it."""
        form, comment = self.form, self.keys.comment
        with opened(self.path) as stream:
            plain = form.encoding in ("utf-8", "utf-8-sig", "ascii")
            if plain and comment is None and form.delimiter != "whitespace":
                yield stream
                return
            text = io.TextIOWrapper(stream, form.encoding, newline="")
            yield _stream(self._pieces(text))
            with suppress(ValueError):
                text.detach()

    def _pieces(self, text: IO[str]) -> Iterator[bytes]:
        comment = self.keys.comment
        while piece := text.read(BLOCK):
            piece += text.readline(SAMPLE)
            if comment is not None:
                piece = re.sub(rf"{re.escape(comment)}[^\r\n]*", "", piece)
            if self.form.delimiter == "whitespace":
                piece = squeezed(piece)
            yield piece.removeprefix("\ufeff").encode()


class _Bytes(io.RawIOBase):
    """Pieces as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._rest = self._rest or next(self._pieces, b"")
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def _skip(odd: list[int], row: Any) -> str:
    """What to do with a row that has too few or too many cells."""
    if row.text.strip():
        odd.append(row.actual_columns)
    return "skip"


def _stream(pieces: Iterator[bytes]) -> IO[bytes]:
    """Pieces as a stream, whose reads are only shorter at its end."""
    return io.BufferedReader(_Bytes(pieces), BLOCK)


def _after(text: bytes, lines: int) -> tuple[bytes, bytes]:
    """The first lines of a text, and the rest."""
    end = 0
    for _ in range(lines):
        end = text.find(b"\n", end) + 1 or len(text)
    return text[:end], text[end:]


def nameless(name: str) -> bool:
    """Whether a column has no name, or the one that pandas gives to such columns."""
    return not name or re.fullmatch(r"Unnamed: \d+", name) is not None


def no_column(path: Path, name: str, columns: Sequence[str]) -> str:
    """The message that a table lacks a column."""
    known = [column for column in columns if column]
    hint = did_you_mean(name, known)
    if hint.startswith("; allowed"):
        more = f", ... ({len(known)} columns)" if len(known) > 10 else ""
        hint = f"; it has {', '.join(column[:40] for column in known[:10])}{more}"
    if sum(map(is_number, known)) * 2 > len(known):
        hint += "; if the first line is a row and names no columns, set header: false"
    return f"{path} has no column {name[:100]!r}{hint}"
