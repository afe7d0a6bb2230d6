"""The CSV tables: their columns and types, and the one way to write and to read them.

Text stays text: a variant may be called `none`, a claim `007`, and only an empty number is a
missing one. The points of a grid are read as the experiment has them, with their types. Text that a
spreadsheet would run as a formula, such as `=1+1`, has an apostrophe before it in the file, and no
control character is written.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from overfit.config.experiment import Experiment
from overfit.data.checked import DamagedError, content, printable
from overfit.metrics.format import DIGITS
from overfit.results import atomic

Columns = Mapping[str, Callable[[str], Any]]
"""The columns of a table, each with what turns its text into a value."""
FORMULA = ("=", "+", "-", "@", "\t", "'")
"""The first characters of formulas, and the apostrophe itself, so that reading undoes writing."""


def _text(written: str) -> str:
    return written.removeprefix("'") if written[1:].startswith(FORMULA) else written


def _number(written: str) -> float:
    # Python's own float, since not every version of pandas reads every number to the last bit.
    return float(written or "nan")


def _flag(written: str) -> bool:
    return {"True": True, "False": False}[written]


METRICS: Columns = {
    **dict.fromkeys(("experiment", "variant"), _text),
    "seed": int,
    "metric": _text,
    **dict.fromkeys(("value", "straight"), _number),
    **dict.fromkeys(("diverged", "censored"), _flag),
    "edge": _text,
}
"""The columns of metrics.csv besides the axes of the grid."""
SUMMARY: Columns = {
    **dict.fromkeys(("experiment", "variant", "metric"), _text),
    "n": int,
    **dict.fromkeys(("mean", "iqm", "ci_low", "ci_high", "min", "max", "straight"), _number),
    **dict.fromkeys(("diverged", "censored"), int),
}
"""The columns of summary.csv besides the axes of the grid."""
DECIDED: Columns = {
    **dict.fromkeys(("experiment", "claim", "says", "kind", "metric"), _text),
    **dict.fromkeys(("estimate", "ci_low", "ci_high", "margin"), _number),
    "n": int,
    "p": _number,
    **dict.fromkeys(("verdict", "basis", "cites", "status"), _text),
    **dict.fromkeys(("decides_at", "fragile"), _number),
    "look": int,
    "straight": _number,
}
"""The columns of an experiment's claims.csv."""
LOOKED: Columns = {
    **dict.fromkeys(("experiment", "claim"), _text),
    **dict.fromkeys(("look", "seeds"), int),
    **dict.fromkeys(("confidence", "estimate", "ci_low", "ci_high"), _number),
    "n": int,
    "verdict": _text,
}
"""The columns of an experiment's looks.csv."""
CLAIMS: Columns = {**DECIDED, "p_adjusted": _number, "family": _text}
"""The columns of results/claims.csv."""
MEASURED = {
    name
    for columns in (METRICS, SUMMARY, CLAIMS, LOOKED)
    for name, read in columns.items()
    if read is _number
}


def write_metrics(table: pd.DataFrame, path: Path | str) -> None:
    """Write a table with every digit, so that reading it gives back the same numbers."""
    _write(table, path, str)


def write_table(table: pd.DataFrame, path: Path | str) -> None:
    """Write a table for people: measured numbers have ten significant digits."""
    _write(table, path, f"{{:.{DIGITS}g}}".format)


def _write(table: pd.DataFrame, path: Path | str, measured: Callable[[float], str]) -> None:
    columns = [
        [_written(value, measured if name in MEASURED else str) for value in table[name]]
        for name in table
    ]
    with (
        atomic(path, rows=len(table), columns=table.columns) as temporary,
        open(temporary, "w", encoding="utf-8", newline="") as file,
    ):
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(table.columns)
        lines.writerows(zip(*columns, strict=True))


def _written(value: Any, number: Callable[[float], str] = str) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else number(value)
    text = printable(str(value))
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text


def read_table(
    path: Path | str, columns: Columns, grid: Mapping[str, Sequence[Any]] = MappingProxyType({})
) -> dict[str, list[Any]]:
    """Read what `write_metrics` or `write_table` wrote, with the types of its columns.

    Args:
        path: the file.
        columns: its columns, such as `SUMMARY`.
        grid: the points of each axis of the experiment; texts in the file become these points.

    Returns:
        The values of each column, in the order of the file.

    Raises:
        FileNotFoundError: the file is missing.
        DamagedError: it is damaged, or not a table of this experiment.
    """
    expected = {**columns, **{axis: _points(points) for axis, points in grid.items()}}
    try:
        text = content(path).decode("utf-8")
        if not text.endswith("\n"):
            raise ValueError("its end is missing")
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        if sorted(header) != sorted(expected):
            raise ValueError(f"its columns should be {', '.join(expected)}")
        if any(len(row) != len(header) for row in rows):
            raise ValueError("a row has too few or too many values")
        return {
            name: [expected[name](row[place]) for row in rows] for place, name in enumerate(header)
        }
    except (ValueError, csv.Error) as error:
        raise DamagedError(path, error) from error
    except KeyError as error:
        raise DamagedError(path, f"{error} is not expected in it") from error


def _points(points: Sequence[Any]) -> Callable[[str], Any]:
    """The inverse of writing a point as text; among fractions, 1 is written as 1.0."""
    numbers = [p for p in points if isinstance(p, int | float) and not isinstance(p, bool)]
    known = {str(float(point)): point for point in numbers}
    known |= {_written(point): point for point in points}
    return known.__getitem__


def read_metrics(path: Path | str, grid: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Read metrics.csv; see `read_table`."""
    mixed = {axis for axis, points in grid.items() if len({type(p) for p in points}) > 1}
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype=object if name in mixed else None)
            for name, values in read_table(path, METRICS, grid).items()
        }
    )


def read_summary(path: Path | str, experiment: Experiment) -> list[dict[str, dict[str, Any]]]:
    """Read summary.csv: for each cell of the experiment its rows by metric, see `read_table`.

    Raises:
        FileNotFoundError: the file is missing.
        DamagedError: it is damaged, or lacks a cell.
    """
    table = read_table(path, SUMMARY, experiment.grid)
    found: dict[tuple[str, ...], dict[str, dict[str, Any]]] = {}
    for values in zip(*table.values(), strict=True):
        row = dict(zip(table, values, strict=True))
        place = row["variant"], *(repr(row[axis]) for axis in experiment.grid)
        found.setdefault(place, {})[row["metric"]] = row
    places = [
        (cell.variant, *(repr(cell.at[axis]) for axis in experiment.grid if axis in cell.at))
        for cell in experiment.cells
    ]
    if lacking := [place for place in places if place not in found]:
        raise DamagedError(path, f"it lacks {len(lacking)} of {len(places)} variants and points")
    return [found[place] for place in places]
