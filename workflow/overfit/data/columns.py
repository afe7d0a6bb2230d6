"""From the columns of tables to features: one reading finds types, statistics and all troubles.

Each cell becomes a float32 number, which goes into a temporary file: the value of a number, NaN if
the value is missing, or the position of a text among the texts of its column. Only after the last
row it is known what a column is; `Survey.blocks` then converts what is in the temporary file.
"""

from __future__ import annotations

import json
import logging
import math
import re
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Annotated, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from overfit.config.model import Items, Text
from overfit.data.checked import DataError
from overfit.data.csv_table import Cell, Names, TextKeys
from overfit.data.readers import Feature, merged

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

log = logging.getLogger("overfit")

LARGEST = float(np.finfo(np.float32).max)
MOST_TEXTS = 10_000
"""The most different texts of a column that are told apart."""
SECONDS = 5.0
"""Time between two lines in the log."""
CELL, ABSENT = "<cell>", "<absent>"
"""A placeholder in messages for a cell that is looked up later."""
LONGEST_LABEL = 1000
"""Characters of a label."""
WHOLE = re.compile(r"[-+]?\d{1,15}(\.\d*)?(e[-+]\d\d)?")
"""Labels that are compared as numbers if all of them are whole."""
SHOWN = 20
"""The most columns whose troubles are listed."""
BLOCK = 1 << 18
"""About this many values are converted at once."""
TRUTH = [("false", "true"), ("no", "yes"), ("f", "t"), ("n", "y")]
"""Words for 0 and 1."""
DATE = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ].*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}( .*)?"
    r"|\d{1,2}:\d{2}(:\d{2}.*)?"
)


MISSING_WORDS = (
    "?", "NA", "N/A", "n/a", "NaN", "nan", "-nan", "-NaN", "NULL", "null", "None", "<NA>", "#N/A",
    "#NA", "#N/A N/A", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
)  # fmt: skip
"""Those of pandas, and a question mark."""


class ColumnKeys(TextKeys):
    """Keys that say what the columns of a table become."""

    missing: Literal["refuse", "drop", "mean", "median"] = "refuse"
    """What to do with missing values: refuse the table, leave out their rows, or use the mean or
    the median of the feature in each seed's own training set."""
    missing_words: Annotated[tuple[Text, ...], Items] = MISSING_WORDS
    """Texts that mean that a value is missing, besides empty cells."""
    one_hot: Literal["auto", "never"] | Names = "auto"
    """The columns of which each different value becomes a feature of zeros and ones. `auto`: those
    of text; a list: these, also if they have numbers."""
    most_levels: int = Field(default=50, ge=2, le=10_000)
    """The most different texts of a column that becomes one-hot by itself."""


class Table(Protocol):
    """A file with named columns."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def columns(self) -> list[str]:
        """Their names, in order; empty if there is none."""

    def left_out(self) -> dict[int, str]:
        """The positions of columns that are not features, and why."""

    def batches(self, positions: Sequence[int]) -> Iterator[list[pa.Array]]:
        """The cells of these columns, some rows at a time; null if the value is missing."""

    def cells(self, wanted: Collection[Cell]) -> dict[Cell, tuple[str, str]]:
        """Where cells are, in words, and their texts as in the file."""

    def troubles(self) -> list[str]:
        """What is wrong with rows as a whole, after all batches have been read."""


Place = tuple[int, int]
"""A table's number, and a row of it."""


@dataclass
class Column:
    """What is known of a column."""

    name: str
    number: bool = True
    """Whether texts that are numbers are numbers."""
    texts: dict[str, int] = field(default_factory=dict)
    """Texts that are not numbers, each with its position."""
    firsts: list[Place] = field(default_factory=list)
    """Where each of them is first."""
    counts: list[int] = field(default_factory=list)
    """How often each of them is there."""
    kind: str = ""
    """What the texts mean, see `Survey`: `level`, `truth`, or nothing if it has numbers."""
    shares: int = 0
    """How many cells are percentages."""
    date: Place | None = None
    """Where it has a date by its type."""

    def position(self, text: str, place: Place) -> int:
        """The position of a text, which is a new one if there is room for it."""
        known = self.texts.get(text)
        if known is None:
            known = len(self.texts)
            if known < MOST_TEXTS:
                self.texts[text] = known
                self.firsts.append(place)
                self.counts.append(0)
        return min(known, MOST_TEXTS - 1)


class Statistics:
    """Counts, ranges and moments of d columns, in float64, from blocks (d, b) in order."""

    def __init__(self, columns: int) -> None:
        self.values = np.zeros(columns, np.int64)
        self.missing = np.zeros(columns, np.int64)
        self.first_missing: list[Place | None] = [None] * columns
        self.too_large = np.zeros(columns, np.int64)
        self.first_too_large: list[Place | None] = [None] * columns
        self.lowest = np.full(columns, np.inf)
        self.highest = np.full(columns, -np.inf)
        self.mean = np.zeros(columns)
        self.squares = np.zeros(columns)
        self.whole = np.ones(columns, bool)
        self.rounded = np.zeros(columns, bool)
        self.rising = np.ones(columns, bool)
        self.last = np.full(columns, -np.inf)

    def add(self, values: NDArray[np.float64], stored: NDArray[np.float32], start: Place) -> None:
        """Count a block, whose first row is at `start`; `stored` are the same as float32."""
        here = ~np.isnan(values)
        complete = bool(here.all())
        count = here.sum(axis=1)
        self._note(self.missing, self.first_missing, ~here if not complete else None, start)
        if complete:
            known, low, high = values, values.min(axis=1), values.max(axis=1)
        else:
            known = np.where(here, values, 0.0)
            low = values.min(axis=1, where=here, initial=np.inf)
            high = values.max(axis=1, where=here, initial=-np.inf)
        if low.min() < -LARGEST or high.max() > LARGEST:
            large = np.abs(known) > LARGEST
            self._note(self.too_large, self.first_too_large, large, start)
            known = np.where(large, 0.0, known)
        np.minimum(self.lowest, low, out=self.lowest)
        np.maximum(self.highest, high, out=self.highest)
        self._moments(known, here, count)
        if self.whole.any():
            self.whole &= (known == np.floor(known)).all(axis=1)
        self.rounded |= ((stored != values) & here).any(axis=1)
        if self.rising.any():
            self.rising &= (values[:, 0] > self.last) & (np.diff(values, axis=1) > 0).all(axis=1)
            self.last = values[:, -1]

    def _moments(
        self, known: NDArray[np.float64], here: NDArray[np.bool_], count: NDArray[np.int64]
    ) -> None:
        """Mean and sum of squared deviations.

        Source: Chan, Golub and LeVeque (1979), Updating formulae and a pairwise algorithm for
        computing sample variances.
        """
        mean = known.sum(axis=1) / np.maximum(count, 1)
        deviations = known - mean[:, None]
        deviations *= here
        squares = np.einsum("ij,ij->i", deviations, deviations)
        total = self.values + count
        difference, share = mean - self.mean, count / np.maximum(total, 1)
        self.squares += squares + difference**2 * self.values * share
        self.mean += difference * share
        self.values = total

    @staticmethod
    def _note(
        counts: NDArray[np.int64],
        firsts: list[Place | None],
        found: NDArray[np.bool_] | None,
        start: Place,
    ) -> None:
        """Count what was found, and where it is first."""
        if found is None:
            return
        new = found.sum(axis=1)
        counts += new
        for i in np.flatnonzero(new):
            if firsts[i] is None:
                firsts[i] = start[0], start[1] + int(found[i].argmax())

    def counting(self) -> NDArray[np.bool_]:
        """Columns of different whole numbers that count rows: rising, or n in a row in any order.

        The numbers from a to a + n - 1 have the variance (n^2 - 1) / 12; whole numbers of this
        range, mean and variance that are not all different are very unlikely.
        """
        n = self.values
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = self.highest - self.lowest == n - 1
            middle = np.isclose(self.mean, (self.lowest + self.highest) / 2, rtol=1e-9)
            variance = np.isclose(self.squares / n, (n * n - 1.0) / 12, rtol=1e-9)
        return self.whole & (n > 2) & (self.rising | (spread & middle & variance))


@dataclass
class Survey:
    """All rows of the tables of a dataset, read once."""

    tables: Sequence[Table]
    columns: list[Column]
    keys: ColumnKeys
    positions: list[list[int]]
    """Where each table has the columns, then the labels."""
    statistics: Statistics
    file: IO[bytes]
    """float32 (n, d), the rows of all tables that are used."""
    named: Collection[str]
    """The classes as the entry names them; such labels are not missing, whatever they are."""
    codes: list[list[NDArray[np.int32]]]
    """Positions of the labels of each table among `values`, -1 if there is none, in pieces."""
    values: dict[Any, int] = field(default_factory=dict)
    """Different labels, each with its position."""
    kept: list[list[NDArray[np.bool_]]] = field(default_factory=list)
    """Which rows of each table are used, in pieces."""
    masked: bool = False
    """Whether texts have been found that stand for missing values, which are then looked for."""

    @classmethod
    def of(
        cls,
        tables: Sequence[Table],
        names: Sequence[str],
        positions: list[list[int]],
        keys: ColumnKeys,
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
            TemporaryFile(),  # noqa: SIM115, closed when nobody needs it any more
            named,
            [[] for _ in tables],
            kept=[[] for _ in tables],
        )
        for number in range(len(tables)):
            survey._read(number)
        if troubles := [*survey._of_rows(), *survey._of_labels(), *survey._of_columns()]:
            more = len(troubles) - SHOWN
            rest = [f"and {more} more columns with troubles"] if more > 0 else []
            raise DataError("\n".join([*troubles[:SHOWN], *rest]))
        return survey

    def _read(self, number: int) -> None:
        table, row, told = self.tables[number], 0, time.monotonic()
        slow: set[int] = {i for i, column in enumerate(self.columns) if not column.number}
        for *arrays, labels in table.batches(self.positions[number]):
            start = number, row
            values = self._numbers(arrays, slow, start)
            codes = self._codes(labels)
            row += len(labels)
            used = np.ones(len(labels), bool)
            if self.keys.missing == "drop":
                used = (codes >= 0) & ~np.isnan(values).any(axis=0)
            with np.errstate(over="ignore"):
                stored = values.astype(np.float32)
            if len(values) and len(labels):
                self.statistics.add(values, stored, start)
            rows = stored.T if used.all() else stored.T[used]
            self.file.write(np.ascontiguousarray(rows).data)
            self.codes[number].append(codes)
            self.kept[number].append(used)
            if time.monotonic() - told > SECONDS:
                told = time.monotonic()
                log.info("%s: %d rows are read", table.path, row)

    def _numbers(
        self, arrays: Sequence[pa.Array], slow: set[int], start: Place
    ) -> NDArray[np.float64]:
        """The cells (d, b) as numbers. Those of columns in `slow` are looked at one by one."""
        import pyarrow as pa

        size, text = len(arrays[0]), pa.string()
        values = np.empty((len(arrays), size))
        texts = []
        for i, array in enumerate(arrays):
            if array.type == text and i not in slow:
                texts.append(i)
            elif _is_text(array.type):
                values[i] = self._looked_at(self.columns[i], array, start)
            elif not self.columns[i].number:
                values[i] = self._looked_at(self.columns[i], array.cast(text), start)
            else:
                values[i] = self._unless_missing(self._typed(self.columns[i], array, start))
        if texts:
            together = self._cast(pa.concat_arrays([arrays[i] for i in texts]))
            if together is not None and len(texts) == len(arrays):
                return together.reshape(values.shape)
            if together is not None:
                values[texts] = together.reshape(len(texts), size)
                return values
        for i in texts:
            one = self._cast(arrays[i])
            if one is None:
                slow.add(i)
                one = self._looked_at(self.columns[i], arrays[i], start)
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
                numbers = texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
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
        from pyarrow import compute

        if not pa.types.is_dictionary(array.type):
            array = array.dictionary_encode()
        texts = [_bare(text) for text in array.dictionary.to_pylist()]
        found = [self._number(text, column) for text in texts]
        indices = compute.fill_null(array.indices, len(texts)).to_numpy(zero_copy_only=False)
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
        return array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)

    def _codes(self, labels: pa.Array) -> NDArray[np.int32]:
        """The positions of labels among the values, -1 if there is none."""
        import pyarrow as pa
        from pyarrow import compute

        if not pa.types.is_dictionary(labels.type):
            labels = labels.dictionary_encode()
        values = labels.dictionary.to_pylist()
        if any(isinstance(value, str) for value in values):
            values = [_bare(value) for value in values]
        codes = [self._code(value) for value in values] + [-1]
        indices = compute.fill_null(labels.indices, len(values)).to_numpy(zero_copy_only=False)
        return np.array(codes, np.int32)[indices]

    def _code(self, value: Any) -> int:
        if value is None or value != value or value == "":
            return -1
        if str(value) in self.keys.missing_words and value not in self.named:
            return -1
        return self.values.setdefault(value, len(self.values))

    def _of_rows(self) -> list[str]:
        return [trouble for table in self.tables for trouble in table.troubles()]

    def _of_labels(self) -> list[str]:
        """What is wrong with labels, a line for each table."""
        name, found = self.keys.label, []
        if self.keys.missing != "drop":
            for number, table in enumerate(self.tables):
                missing = np.flatnonzero(_joined(self.codes[number], np.int32) < 0)
                if len(missing):
                    cell = int(missing[0]), self.positions[number][-1]
                    where, text = table.cells([cell]).get(cell, ("a row", ""))
                    found.append(
                        f"{table.path}, {where}, column {name!r}: {_absent(text)}"
                        f"{_more(len(missing))}; set missing: drop to leave such rows out"
                    )
        path = self.tables[0].path
        longest = max((len(value) for value in self.values if isinstance(value, str)), default=0)
        if longest > LONGEST_LABEL:
            found.append(
                f"{path}, column {name!r}: a label of {longest} characters; at most "
                f"{LONGEST_LABEL} are allowed"
            )
        return found

    def _of_columns(self) -> list[str]:
        """What is wrong with columns, a line for each; decides what the others are."""
        every = self.statistics
        bad = merged(every.lowest, every.highest, every.rounded)
        troubles = [
            (i, place, what)
            for i in range(len(self.columns))
            for place, what in self._trouble(i, merged=bool(bad[i]))
        ]
        cells = [
            table.cells(
                [
                    (place[1], self.positions[number][i])
                    for i, place, _ in troubles[:SHOWN]
                    if place and place[0] == number
                ]
            )
            for number, table in enumerate(self.tables)
        ]
        found = []
        for i, place, what in troubles:
            name = f"column {self.columns[i].name!r}"
            number, row = place or (0, 0)
            path = self.tables[number].path
            where, text = cells[number].get((row, self.positions[number][i]), ("", ""))
            if where:
                name = f"{where}, {name}"
            what = what.replace(CELL, _short(text)).replace(ABSENT, _absent(text))
            found.append(f"{path}, {name}: {what}")
        return found

    def _trouble(self, i: int, *, merged: bool) -> Iterator[tuple[Place | None, str]]:
        """What is wrong with a column, and where first; decides what it is."""
        column, every = self.columns[i], self.statistics
        missing = int(every.missing[i])
        rows, texts = int(every.values[i]) + missing, sum(column.counts)
        if column.date is not None or (column.texts and all(map(DATE.fullmatch, column.texts))):
            yield (
                column.date or column.firsts[0],
                f"{CELL} is a date or time; exclude the column or turn it into numbers",
            )
        elif rows and missing == rows:
            yield None, "all values are missing; exclude the column"
            return
        elif texts and texts < rows - missing:
            hint = self._hint(column)
            yield column.firsts[0], f"{CELL} is not a number{_more(texts)}{hint}"
        elif texts:
            column.kind = "truth" if self._truth(column) else "level"
            if column.kind == "level" and (why := self._no_category(column, rows)):
                yield column.firsts[0], f"{CELL} is text{why}"
        elif 0 < column.shares < rows - missing:
            yield (
                None,
                f"{column.shares} of {rows - missing} values are percentages, others are not",
            )
        elif every.too_large[i]:
            more = _more(int(every.too_large[i]))
            why = "infinite, or too large for float32, in which networks compute"
            yield every.first_too_large[i], f"{CELL} is {why}{more}"
        elif merged:
            low, high = every.lowest[i], every.highest[i]
            yield (
                None,
                f"float32, in which networks compute, can't tell values from {low:.15g} to "
                f"{high:.15g} apart; subtract {low:.15g} from them",
            )
        if missing and self.keys.missing == "refuse":
            what = f"{ABSENT}{_more(missing)}; set missing to drop, mean or median"
            yield every.first_missing[i], what

    def _truth(self, column: Column) -> bool:
        words = {text.lower() for text in column.texts}
        return column.number and any(words <= set(pair) for pair in TRUTH)

    def _no_category(self, column: Column, rows: int) -> str | None:
        """Why a column of texts doesn't become a feature for each of them."""
        count = len(column.texts)
        of = f" of {'at least ' if count == MOST_TEXTS else ''}{count} kinds in {rows} rows"
        if not column.number:  # asked for
            return f"{of}; exclude the column" if count == MOST_TEXTS else None
        if self.keys.one_hot == "never":
            return f"{of}; exclude the column or set one_hot: auto"
        if self.keys.one_hot != "auto" or (count > 2 and count * 2 > rows):
            return f"{of}; exclude the column or list it in one_hot"
        if count > self.keys.most_levels:
            return f"{of}; exclude the column or raise most_levels"
        return None

    def _hint(self, column: Column) -> str:
        """What to set so that texts are numbers."""
        some = list(column.texts)[:100]
        for pattern, hint in (
            (r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", 'set thousands: ","'),
            (r"[-+]?\d*,\d+", 'set decimal: ","'),
            (r"[-+]?\d{1,3}(\.\d{3})+(,\d*)?", 'set thousands: "." and decimal: ","'),
        ):
            if all(re.fullmatch(pattern, text) for text in some):
                return f"; {hint}"
        word = some[0]
        if len(column.texts) == 1 and (column.counts[0] > 1 or not any(map(str.isalnum, word))):
            return f"; if it means that the value is missing, set missing_words: {_in_yaml(word)}"
        return ""

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
            f"measurement, exclude: {_in_yaml(column.name)}"
            for i, column in enumerate(self.columns)
            if counting[i] and not column.texts
        ]

    def left_out(self) -> dict[str, int]:
        """How many rows are not used, and why."""
        dropped = sum(int((~piece).sum()) for pieces in self.kept for piece in pieces)
        return {"a value is missing": dropped} if dropped else {}

    def used(self, number: int) -> NDArray[np.bool_]:
        """Which rows of a table are used."""
        return _joined(self.kept[number], np.bool_)

    def labels(self, number: int) -> NDArray[Any]:
        """The labels of a table, of the rows that are used."""
        values = list(self.values)
        if all(isinstance(value, str) for value in values):
            whole = all(WHOLE.fullmatch(value) and float(value).is_integer() for value in values)
            array = np.array([float(v) for v in values]) if whole else np.array(values, np.str_)
        else:
            array = np.array(values)
        return array[_joined(self.codes[number], np.int32)[self.used(number)]]

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


def _in_yaml(text: str) -> str:
    """A list of one text, as an entry of the catalogue has it; never read as a number or escape."""
    return json.dumps([text], ensure_ascii=False)


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _joined(pieces: Sequence[NDArray[Any]], kind: type) -> NDArray[Any]:
    return np.concatenate([np.empty(0, kind), *pieces])


def _absent(text: str) -> str:
    return f"{_short(text)} means that the value is missing" if text else "the cell is empty"


def _bare(text: str | None) -> str | None:
    """A text without blanks around it, and without quotes that stand after a blank."""
    if text is None:
        return None
    bare = text.strip()
    return bare[1:-1] if bare != text and re.fullmatch(r'"[^"]*"', bare) else bare


def _short(text: str) -> str:
    return repr(text) if len(text) <= 40 else f"{text[:37]!r}..."


def _more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""
