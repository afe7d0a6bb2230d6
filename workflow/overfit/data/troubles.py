"""The mistakes in tables, all at once: a line for each column."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from overfit.config.problems import and_more
from overfit.data.checked import DataError
from overfit.data.readers import merged
from overfit.data.statistics import MOST_TEXTS, TRUTH, Column, Place, ReadTables, joined
from overfit.data.table_keys import TableKeys, in_yaml

CELL, ABSENT = "<cell>", "<absent>"
"""A placeholder in messages for a cell that is looked up later."""
LONGEST_LABEL = 1000
"""Characters of a label."""
SHOWN = 20
"""The most columns whose troubles are listed."""
DATE = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ].*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}( .*)?"
    r"|\d{1,2}:\d{2}(:\d{2}.*)?"
)


def check(read: ReadTables) -> None:
    """Decide what each column is.

    Raises:
        DataError: all that is wrong with the tables, a line for each column.
    """
    if troubles := [*_of_rows(read), *_of_labels(read), *_of_columns(read)]:
        more = len(troubles) - SHOWN
        rest = [f"and {more} more columns with troubles"] if more > 0 else []
        raise DataError("\n".join([*troubles[:SHOWN], *rest]))


def _of_rows(read: ReadTables) -> list[str]:
    return [trouble for table in read.tables for trouble in table.troubles()]


def _of_labels(read: ReadTables) -> list[str]:
    """The mistakes in labels, a line for each table."""
    name, found = read.keys.label, []
    if read.keys.missing != "drop":
        for number, table in enumerate(read.tables):
            missing = np.flatnonzero(joined(read.codes[number], np.int32) < 0)
            if len(missing):
                cell = int(missing[0]), read.positions[number][-1]
                where, text = table.cells([cell]).get(cell, ("a row", ""))
                found.append(
                    f"{table.path}, {where}, column {name!r}: {_absent(text)}"
                    f"{and_more(len(missing))}; set missing: drop to leave such rows out"
                )
    path = read.tables[0].path
    longest = max((len(value) for value in read.values if isinstance(value, str)), default=0)
    if longest > LONGEST_LABEL:
        found.append(
            f"{path}, column {name!r}: a label of {longest} characters; at most "
            f"{LONGEST_LABEL} are allowed"
        )
    return found


def _of_columns(read: ReadTables) -> list[str]:
    """The mistakes in columns, a line for each; decides the kinds of the others."""
    every = read.statistics
    bad = merged(every.lowest, every.highest, every.rounded)
    troubles = [
        (i, place, what)
        for i in range(len(read.columns))
        for place, what in _trouble(read, i, merged=bool(bad[i]))
    ]
    cells = [
        table.cells(
            [
                (place[1], read.positions[number][i])
                for i, place, _ in troubles[:SHOWN]
                if place and place[0] == number
            ]
        )
        for number, table in enumerate(read.tables)
    ]
    found = []
    for i, place, what in troubles:
        name = f"column {read.columns[i].name!r}"
        number, row = place or (0, 0)
        path = read.tables[number].path
        where, text = cells[number].get((row, read.positions[number][i]), ("", ""))
        if where:
            name = f"{where}, {name}"
        what = what.replace(CELL, _short(text)).replace(ABSENT, _absent(text))
        found.append(f"{path}, {name}: {what}")
    return found


def _trouble(read: ReadTables, i: int, *, merged: bool) -> Iterator[tuple[Place | None, str]]:
    """The mistakes in a column, with their first places; decides its kind."""
    column, every = read.columns[i], read.statistics
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
        hint = _hint(column)
        yield column.firsts[0], f"{CELL} is not a number{and_more(texts)}{hint}"
    elif texts:
        column.kind = "truth" if _is_truth(column) else "level"
        if column.kind == "level" and (why := _no_category(read.keys, column, rows)):
            yield column.firsts[0], f"{CELL} is text{why}"
    elif 0 < column.shares < rows - missing:
        yield (
            None,
            f"{column.shares} of {rows - missing} values are percentages, others are not",
        )
    elif every.too_large[i]:
        more = and_more(int(every.too_large[i]))
        why = "infinite, or too large for float32, in which networks compute"
        yield every.first_too_large[i], f"{CELL} is {why}{more}"
    elif merged:
        low, high = every.lowest[i], every.highest[i]
        yield (
            None,
            f"float32, in which networks compute, can't tell values from {low:.15g} to "
            f"{high:.15g} apart; subtract {low:.15g} from them",
        )
    if missing and read.keys.missing == "refuse":
        what = f"{ABSENT}{and_more(missing)}; set missing to drop, mean or median"
        yield every.first_missing[i], what


def _is_truth(column: Column) -> bool:
    words = {text.lower() for text in column.texts}
    return column.number and any(words <= set(pair) for pair in TRUTH)


def _no_category(keys: TableKeys, column: Column, rows: int) -> str | None:
    """Why a column of texts doesn't become a feature for each of them."""
    count = len(column.texts)
    of = f" of {'at least ' if count == MOST_TEXTS else ''}{count} kinds in {rows} rows"
    if not column.number:  # asked for
        return f"{of}; exclude the column" if count == MOST_TEXTS else None
    if keys.one_hot == "never":
        return f"{of}; exclude the column or set one_hot: auto"
    if keys.one_hot != "auto" or (count > 2 and count * 2 > rows):
        return f"{of}; exclude the column or list it in one_hot"
    if count > keys.most_levels:
        return f"{of}; exclude the column or raise most_levels"
    return None


def _hint(column: Column) -> str:
    """A hint for keys with which texts are numbers."""
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
        return f"; if it means that the value is missing, set missing_words: {in_yaml(word)}"
    return ""


def _absent(text: str) -> str:
    return f"{_short(text)} means that the value is missing" if text else "the cell is empty"


def _short(text: str) -> str:
    return repr(text) if len(text) <= 40 else f"{text[:37]!r}..."
