"""From the columns of tables to features: one reading finds types, statistics and all troubles.

Each cell becomes a float32 number, which goes into a temporary file: the value of a number, NaN if
the value is missing, or the position of a text among the texts of its column. Only after the last
row it is known what a column is; `Survey.blocks` then converts what is in the temporary file.
"""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from overfit.data.readers import Feature
from overfit.data.statistics import TRUTH, Column, Place, ReadTables, Statistics, Table, joined
from overfit.data.table_keys import TableKeys, in_yaml
from overfit.data.troubles import check

if TYPE_CHECKING:
    import pyarrow as pa

log = logging.getLogger("overfit")

SECONDS = 5.0
"""Time between two lines in the log."""
WHOLE = re.compile(r"[-+]?\d{1,15}(\.\d*)?(e[-+]\d\d)?")
"""Labels that are compared as numbers if all of them are whole."""
BLOCK = 1 << 18
"""About this many values are converted at once."""


@dataclass
class Survey(ReadTables):
    """All rows of the tables of a dataset, read once."""

    file: IO[bytes]
    """float32 (n, d), the rows of all tables that are used."""
    named: Collection[str]
    """The classes as the entry names them; such labels are not missing, whatever they are."""
    kept: list[list[NDArray[np.bool_]]]
    """Which rows of each table are used, in pieces."""
    masked: bool = False
    """Whether texts have been found that stand for missing values, which are then looked for."""

    @classmethod
    def of(
        cls,
        tables: Sequence[Table],
        names: Sequence[str],
        positions: list[list[int]],
        keys: TableKeys,
        named: Collection[str],
    ) -> Survey:
        """Read the columns `names` and the labels.

        Raises:
            DataError: all that is wrong with the tables, a line for each column.
        """
        always = () if keys.one_hot in ("auto", "never") else keys.one_hot
        columns = [Column(name, number=name not in always) for name in names]
        survey = cls(
            tables,
            columns,
            keys,
            positions,
            Statistics(len(columns)),
            [[] for _ in tables],
            {},
            TemporaryFile(),  # noqa: SIM115, closed when nobody needs it any more
            named,
            [[] for _ in tables],
        )
        for number in range(len(tables)):
            survey._read(number)
        check(survey)
        return survey

    def _read(self, number: int) -> None:
        table, row, told = self.tables[number], 0, time.monotonic()
        slow: set[int] = {i for i, column in enumerate(self.columns) if not column.number}
        slow.add(len(self.columns))  # the labels
        for batch in table.batches(self.positions[number], slow):
            start = number, row
            values = self._numbers(batch, slow, start)
            codes = self._codes(batch[-1])
            row += len(codes)
            used = np.ones(len(codes), bool)
            if self.keys.missing == "drop":
                used = (codes >= 0) & ~np.isnan(values).any(axis=0)
            with np.errstate(over="ignore"):
                stored = values.astype(np.float32)
            if values.size:
                self.statistics.add(values, stored, start)
            rows = stored.T if used.all() else stored.T[used]
            self.file.write(np.ascontiguousarray(rows).data)
            self.codes[number].append(codes)
            self.kept[number].append(used)
            if time.monotonic() - told > SECONDS:
                told = time.monotonic()
                log.info("%s: %d rows are read", table.path, row)

    def _numbers(self, batch: pa.RecordBatch, slow: set[int], start: Place) -> NDArray[np.float64]:
        """The cells (d, b) as numbers. Those of columns in `slow` are looked at one by one."""
        import pyarrow as pa

        types, size = batch.schema.types[:-1], len(batch)
        numbers, texts = [], []
        values = np.empty((len(types), size))
        for i, kind in enumerate(types):
            if kind == pa.float64() and self.columns[i].number:
                numbers.append(i)
            elif kind == pa.string() and i not in slow:
                texts.append(i)
            elif is_text(kind):
                values[i] = self._looked_at(self.columns[i], batch[i], start)
            elif not self.columns[i].number:
                values[i] = self._looked_at(self.columns[i], batch[i].cast(pa.string()), start)
            else:
                values[i] = self._unless_missing(self._typed(self.columns[i], batch[i], start))
        if numbers and size:
            tensor = batch.select(numbers).to_tensor(null_to_nan=True, row_major=False)
            together = self._unless_missing(tensor.to_numpy().T)
            if len(numbers) == len(types):
                return together
            values[numbers] = together
        if texts:
            cast = self._cast(pa.concat_arrays([batch[i] for i in texts]))
            if cast is not None:
                values[texts] = cast.reshape(len(texts), size)
                return values
        for i in texts:
            one = self._cast(batch[i])
            if one is None:
                slow.add(i)
                one = self._looked_at(self.columns[i], batch[i], start)
            values[i] = one
        return values

    def _cast(self, texts: pa.Array) -> NDArray[np.float64] | None:
        """Texts as numbers; None if some of them must be looked at one by one."""
        import pyarrow as pa
        from pyarrow import compute

        if self.keys.thousands:
            return None
        if self.keys.decimal != ".":
            if compute.any(compute.match_substring(texts, ".")).as_py():
                return None
            texts = compute.replace_substring(texts, self.keys.decimal, ".")
        for masked in (self.masked, True):
            if masked:
                words = pa.array(["", *self.keys.missing_words])
                texts = compute.if_else(compute.is_in(texts, words), None, texts)
            try:
                numbers = _as_numpy(texts.cast(pa.float64()))
            except pa.ArrowInvalid:
                continue
            self.masked = masked
            return self._unless_missing(numbers)
        return None

    def _unless_missing(self, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Numbers, of which those are NaN that mean that the value is missing, such as -999."""
        words = [float(word) for word in self.keys.missing_words if word[-1].isdigit()]
        return np.where(np.isin(numbers, words), np.nan, numbers) if words else numbers

    def _looked_at(self, column: Column, array: pa.Array, start: Place) -> NDArray[np.float64]:
        """Numbers, or the positions of texts that are not numbers."""
        import pyarrow as pa

        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        texts = [_bare(text) for text in array.dictionary.to_pylist()]
        found = [self._number(text, column) for text in texts]
        indices = _positions_in(array)
        shares = [i for i, text in enumerate(texts) if found[i] is not None and "%" in (text or "")]
        if shares:
            column.shares += int(np.isin(indices, shares).sum())
        others = [i for i, number in enumerate(found) if number is None]
        if others:
            used, first, count = np.unique(indices, return_index=True, return_counts=True)
            at = {int(i): (int(f), int(c)) for i, f, c in zip(used, first, count, strict=True)}
            for i in sorted(set(others) & set(at), key=lambda i: at[i][0]):
                position = column.position(str(texts[i]), (start[0], start[1] + at[i][0]))
                column.counts[position] += at[i][1]
                found[i] = float(position)
        numbers = np.array([math.nan if x is None else x for x in found] + [math.nan])
        return numbers[indices]

    def _number(self, text: str | None, column: Column) -> float | None:
        """The number that a text is, NaN if it means that the value is missing, else None."""
        if not text or text in self.keys.missing_words:
            return math.nan
        if not column.number:
            return None
        share = text.endswith("%")
        text = text.removesuffix("%").rstrip() if share else text
        decimal, thousands = re.escape(self.keys.decimal), re.escape(self.keys.thousands or "")
        grouped = rf"\d{{1,3}}(?:{thousands}\d{{3}})+|" if thousands else ""
        pattern = rf"[-+]?(?:(?:{grouped}\d+)(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][-+]?\d+)?"
        if not re.fullmatch(pattern, text, re.ASCII):
            return math.inf if re.fullmatch(r"[-+]?inf(inity)?", text.lower()) else None
        if thousands:
            text = text.replace(self.keys.thousands or "", "")
        number = float(text.replace(self.keys.decimal, "."))
        return number / 100 if share else float(self._unless_missing(np.array(number)))

    def _typed(self, column: Column, array: pa.Array, start: Place) -> NDArray[np.float64]:
        """Numbers of a column that has a type of numbers."""
        import pyarrow as pa

        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if pa.types.is_temporal(array.type):
            column.date = column.date or start
            return np.zeros(len(array))
        if pa.types.is_null(array.type):
            return np.full(len(array), np.nan)
        if pa.types.is_boolean(array.type):
            column.kind = "truth"
            array = array.cast(pa.int8())
        return _as_numpy(array.cast(pa.float64(), safe=False))

    def _codes(self, labels: pa.Array) -> NDArray[np.int32]:
        """The positions of labels among the values, -1 if there is none."""
        import pyarrow as pa

        if not pa.types.is_dictionary(labels.type):
            labels = labels.dictionary_encode()
        values = labels.dictionary.to_pylist()
        if any(isinstance(value, str) for value in values):
            values = [_bare(value) for value in values]
        codes = [self._code(value) for value in values] + [-1]
        return np.array(codes, np.int32)[_positions_in(labels)]

    def _code(self, value: Any) -> int:
        if value is None or value != value or value == "":
            return -1
        if str(value) in self.keys.missing_words and value not in self.named:
            return -1
        return self.values.setdefault(value, len(self.values))

    def features(self) -> tuple[Feature, ...]:
        """The features, in order."""
        found, every = [], self.statistics
        for i, column in enumerate(self.columns):
            missing = float(every.missing[i] / max(every.values[i] + every.missing[i], 1))
            if column.kind == "level":
                kind = f"level of {column.name}"
                found += [
                    Feature(f"{column.name}={text}", kind, 0.0, 1.0, missing)
                    for text in sorted(column.texts)
                ]
            elif column.kind == "truth":
                found.append(Feature(column.name, self._words(column), 0.0, 1.0, missing))
            else:
                kind = "whole number" if every.whole[i] else "number"
                kind = "share, 12% is 0.12" if column.shares else kind
                low, high = float(every.lowest[i]), float(every.highest[i])
                found.append(Feature(column.name, kind, low, high, missing))
        return tuple(found)

    @staticmethod
    def _words(column: Column) -> str:
        words = {text.lower(): text for text in column.texts}
        one = next((pair[1] for pair in TRUTH if words.keys() <= set(pair)), "true")
        return f"1 for {words.get(one, one)}, else 0" if words else "1 for true, else 0"

    def warnings(self) -> list[str]:
        """What is probably a mistake."""
        counting = self.statistics.counting()
        return [
            f"column {column.name!r} has different whole numbers that count rows; if it is no "
            f"measurement, exclude: {in_yaml(column.name)}"
            for i, column in enumerate(self.columns)
            if counting[i] and not column.texts
        ]

    def left_out(self) -> dict[str, int]:
        """How many rows are not used, and why."""
        dropped = sum(int((~piece).sum()) for pieces in self.kept for piece in pieces)
        return {"a value is missing": dropped} if dropped else {}

    def used(self, number: int) -> NDArray[np.bool_]:
        """Which rows of a table are used."""
        return joined(self.kept[number], np.bool_)

    def labels(self, number: int) -> NDArray[Any]:
        """The labels of a table, of the rows that are used."""
        values = list(self.values)
        if all(isinstance(value, str) for value in values):
            whole = all(WHOLE.fullmatch(value) and float(value).is_integer() for value in values)
            array = np.array([float(v) for v in values]) if whole else np.array(values, np.str_)
        else:
            array = np.array(values)
        return array[joined(self.codes[number], np.int32)[self.used(number)]]

    def where(self, number: int, row: int) -> str:
        """Where the label of a row is, of the rows that are used."""
        cell = int(np.flatnonzero(self.used(number))[row]), self.positions[number][-1]
        table = self.tables[number]
        place, _ = table.cells([cell]).get(cell, (f"row {cell[0] + 1}", ""))
        return f"{table.path}, {place}, column {self.keys.label!r}"

    def blocks(self, number: int) -> Iterator[NDArray[np.float32]]:
        """Features (b, f), float32, of the rows of a table that are used."""
        counts = [int(self.used(i).sum()) for i in range(len(self.tables))]
        width = len(self.columns)
        step = max(1, BLOCK // width)
        convert = [self._converter(i) for i in range(width)]
        plain = all(one is None for one in convert)
        start = sum(counts[:number])
        for first in range(start, start + counts[number], step):
            count = min(step, start + counts[number] - first)
            self.file.seek(4 * width * first)
            block = np.frombuffer(self.file.read(4 * width * count), np.float32)
            block = block.reshape(count, width)
            if plain:
                yield block
                continue
            parts = [
                block[:, [i]] if one is None else one(block[:, [i]])
                for i, one in enumerate(convert)
            ]
            yield np.concatenate(parts, axis=1)

    def _converter(self, i: int) -> Any:
        """What makes features from a column's numbers; None if they are the feature."""
        column = self.columns[i]
        if column.kind == "level":
            order = np.array([column.texts[text] for text in sorted(column.texts)], np.float32)
            return partial(_levels, order=order)
        if column.kind == "truth" and column.texts:
            ones = np.array([text.lower() in {one for _, one in TRUTH} for text in column.texts])
            return partial(_truth, ones=ones.astype(np.float32))
        return None


def _levels(codes: NDArray[np.float32], order: NDArray[np.float32]) -> NDArray[np.float32]:
    """A column for each level; all are NaN where the value is missing."""
    return np.where(np.isnan(codes), np.float32(np.nan), (codes == order).astype(np.float32))


def _truth(codes: NDArray[np.float32], ones: NDArray[np.float32]) -> NDArray[np.float32]:
    there = ~np.isnan(codes)
    return np.where(there, ones[np.where(there, codes, 0).astype(np.intp)], np.float32(np.nan))


def _as_numpy(numbers: pa.Array) -> NDArray[np.float64]:
    """float64 numbers, NaN where they are null; without pandas, which pyarrow would load."""
    if numbers.null_count:
        return np.asarray(numbers.to_numpy(zero_copy_only=False))
    return np.asarray(np.from_dlpack(numbers), np.float64)


def _positions_in(texts: pa.DictionaryArray) -> NDArray[np.intp]:
    """Where the text of each cell is in the dictionary, the number of its texts for null."""
    if texts.null_count:
        from pyarrow import compute

        indices = compute.fill_null(texts.indices, len(texts.dictionary))
        return np.asarray(indices.to_numpy(zero_copy_only=False))
    return np.asarray(np.from_dlpack(texts.indices), np.intp)


def is_text(kind: Any) -> bool:
    """Whether a type of pyarrow is text, each text stored once or not."""
    import pyarrow as pa

    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _bare(text: str | None) -> str | None:
    """A text without blanks around it, and without quotes that stand after a blank."""
    if text is None:
        return None
    bare = text.strip()
    return bare[1:-1] if bare != text and re.fullmatch(r'"[^"]*"', bare) else bare
