"""Reads measurements, a table of runs that were trained elsewhere, and finds all its mistakes."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from overfit.config.deferred import pa, pd
from overfit.config.names import as_share
from overfit.config.problems import Path as Place
from overfit.config.problems import Problem, and_more, did_you_mean, listed, say
from overfit.data.checked import DataError
from overfit.data.csv_table import no_column
from overfit.data.readers.table import opened
from overfit.data.table_keys import TableKeys, TextKeys
from overfit.metrics.measurements import Measurements
from overfit.metrics.own import CURVES, is_known
from overfit.metrics.table import SPLITS, declare, differences, metric
from overfit.results import sha256

if TYPE_CHECKING:
    from overfit.data.statistics import Table

MOST = 20
"""The most mistakes of a file that are listed."""
NAMED_SPLITS = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
"""Common names of the splits."""


@dataclass(frozen=True)
class Rows:
    """The rows of a table that belong to the cells of an experiment."""

    metrics: pd.DataFrame
    """Metrics without learning curves, as `overfit.metrics.measuring.metrics` has them."""
    histories: pd.DataFrame
    """Histories as `overfit.metrics.histories.read_histories` has them; empty without updates."""
    given: list[str]
    """The metrics in the table."""
    seeds: list[int]
    told: list[tuple[str, str]]
    """The contents in pairs of a word and a text, for the report."""
    doubts: list[Problem]
    """Missing values that are left out."""


class MeasurementError(DataError):
    """A table has mistakes; `problems` are those of the file, `paths` those of the keys."""

    def __init__(
        self, problems: Sequence[Problem], paths: Sequence[tuple[Place, str]] = ()
    ) -> None:
        super().__init__("\n".join([*map(str, problems), *(text for _, text in paths)]))
        self.problems, self.paths = problems, paths


def read(
    name: str, of: Measurements, variants: Mapping[str, Any], grid: Mapping[str, Sequence[Any]]
) -> Rows:
    """Read the rows of an experiment's variants and points.

    Args:
        name: the experiment.
        of: where they are.
        variants: each variant with its value in the table.
        grid: each axis with its points.

    Raises:
        MeasurementError: all mistakes at once.
    """
    declare(of.own())
    try:
        return _Reading(name, of, variants, grid).rows()
    except MeasurementError:
        raise
    except DataError as error:
        raise MeasurementError([_problem(of.file, str(error))]) from error


@dataclass
class _Cells:
    """A column of the table: each different value once, and its position for each row."""

    values: list[Any]
    codes: NDArray[np.intp]
    """-1 where there is no value."""

    def mapped(self, convert: Callable[[Any], float], absent: float = math.nan) -> NDArray[Any]:
        """A number for each row."""
        return np.array([*map(convert, self.values), absent], float)[self.codes]


@dataclass
class _Reading:
    name: str
    of: Measurements
    variants: Mapping[str, Any]
    grid: Mapping[str, Sequence[Any]]
    paths: list[tuple[Place, str]] = field(default_factory=list)
    """Mistakes in keys."""
    wrong: list[tuple[int, str, str]] = field(default_factory=list)
    """Mistakes in rows: the row, its column or "", what is wrong."""
    told: list[tuple[str, str]] = field(default_factory=list)

    @cached_property
    def table(self) -> Table:
        keys = {key: getattr(self.of, key) for key in TextKeys.model_fields}
        return opened(Path(self.of.file), TableKeys(label=self.of.seed, **keys))

    @cached_property
    def places(self) -> list[tuple[str, dict[str, Any]]]:
        """The cells of the experiment: a variant and its points."""
        points = itertools.product(*self.grid.values())
        at = [dict(zip(self.grid, point, strict=True)) for point in points]
        return [(variant, dict(one)) for variant in self.variants for one in at]

    def rows(self) -> Rows:
        columns = self._columns()
        keep, cell = self._cells_of(columns)
        tall = self._tall(columns, keep, cell)
        self._stop()
        self._check_each_once(tall)
        self._stop()
        histories = self._histories(tall)
        given = [str(name) for name in tall["metric"].unique()]
        self._check_present(tall, given)
        doubts = self._problems() if self.of.missing == "drop" else []
        if doubts:
            self.wrong.clear()
            self.told.append(("missing", f"{len(doubts)} kinds of values; see the plan's warnings"))
        self._stop()
        seeds = sorted(map(int, tall["seed"].unique()))
        self.told[:0] = [
            ("SHA-256", sha256(Path(self.of.file))),
            ("metrics", ", ".join(given)),
            ("seeds", f"{len(seeds)}, from {seeds[0]} to {seeds[-1]}"),
        ]
        return Rows(self._finals(tall, histories), histories, given, seeds, self.told, doubts)

    def _columns(self) -> dict[str, _Cells]:
        """All columns that are needed, by name."""
        of, columns = self.of, self.table.columns
        wanted: dict[str, Place] = {of.variant: ("variant",), of.seed: ("seed",)}
        for axis in self.grid:
            wanted.setdefault(of.grid.get(axis, axis), ("grid", axis))
        for key in ("metric", "update", "epoch", "split"):
            if column := getattr(of, key):
                wanted.setdefault(column, (key,))
        if of.metric:
            wanted.setdefault(of.value, ("value",))
        else:
            for key, one in of.metrics.items():
                wanted.setdefault(one.column or key, ("metrics", key))
        for column in of.where:
            wanted.setdefault(column, ("where", column))
        for axis in of.grid:
            if axis not in self.grid:
                self.paths.append(
                    (("grid", axis), f"is not an axis{did_you_mean(axis, self.grid)}")
                )
        for column, at in wanted.items():
            if column not in columns:
                self.paths.append((at, no_column(self.table.path, column, columns)))
            elif columns.count(column) > 1:
                text = f"{of.file} names {columns.count(column)} columns {column!r}"
                self.paths.append((at, text))
        self._stop()
        positions = [columns.index(column) for column in wanted]
        batches = [*self.table.batches(positions)]
        if troubles := self.table.troubles():
            raise MeasurementError([_problem(of.file, one) for one in troubles])
        if not batches:
            raise DataError(f"{of.file} has no rows")
        pieces = zip(*batches, strict=True)
        read = self._plain if self.of.decimal != "." or self.of.thousands else None
        return {column: _cells(piece, read) for column, piece in zip(wanted, pieces, strict=True)}

    def _plain(self, value: Any) -> Any:
        """A cell; a number of a text with the decimal point of Python."""
        decimal, thousands = self.of.decimal, self.of.thousands or ""
        number = rf"[-+]?[\d{re.escape(thousands)}]*({re.escape(decimal)}\d*)?([eE][-+]?\d+)?"
        if not isinstance(value, str) or not re.fullmatch(number, value):
            return value
        return (value.replace(thousands, "") if thousands else value).replace(decimal, ".")

    def _cells_of(self, columns: Mapping[str, _Cells]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Which rows are used, and the position of the cell of each row."""
        keep = np.ones(len(columns[self.of.seed].codes), bool)
        for column, wanted in self.of.where.items():
            there = columns[column].mapped(partial(_is, point=wanted), 0.0) > 0
            if not there.any():
                what = f"no row has {say(wanted)}{_others(columns[column])}"
                self.paths.append((("where", column), what))
                self._stop()
            self._left_out(keep & ~there, f"{column} is not {say(wanted)}")
            keep &= there
        cell = np.zeros(len(keep), np.int64)
        parts = [(self.of.variant, [*self.variants.values()], "variant")]
        for axis, points in self.grid.items():
            parts.append((self.of.grid.get(axis, axis), [*points], axis))
        for column, points, what in parts:
            found = [_position(value, points) for value in columns[column].values]
            own = np.array([*found, -1])[columns[column].codes]
            others = _others(columns[column], [one >= 0 for one in found])
            self._left_out(keep & (own < 0), f"another {what}{others}")
            keep &= own >= 0
            cell = cell * len(points) + own
        for place, (variant, at) in enumerate(self.places):
            if not (cell[keep] == place).any():
                point = "".join(f", {axis} {say(value)}" for axis, value in at.items())
                what = f"{self.of.file} has no row with {self.of.variant} = "
                what += f"{say(self.variants[variant])}{point}"
                what += "" if at else _others(columns[self.of.variant])
                self.paths.append((("variants", variant), what))
        self._stop(keys=True)
        return keep, cell

    def _left_out(self, rows: NDArray[Any], why: str) -> None:
        if count := int(rows.sum()):
            self.told.append(("left out", f"{count} row{'s' * (count > 1)}: {why}"))

    def _tall(
        self, columns: Mapping[str, _Cells], keep: NDArray[Any], cell: NDArray[Any]
    ) -> pd.DataFrame:
        """A row for each value: `row` of the table, `cell`, `seed`, `update`, `epoch`, ..."""
        of, rows = self.of, np.flatnonzero(keep)
        frame = pd.DataFrame({"row": rows, "cell": cell[keep]})
        frame["seed"] = self._whole(columns, of.seed, rows, "number the runs of each variant")
        if of.update:
            frame["update"] = self._whole(columns, of.update, rows, "updates count from 0")
        else:
            frame["update"] = 0
        frame["epoch"] = frame["update"].astype(float)
        if of.epoch:
            frame["epoch"] = self._numbers(columns, of.epoch, rows, 1.0)
        prefix: Any = ""
        if of.split:
            called = columns[of.split]
            splits = [NAMED_SPLITS.get(str(value).lower(), "") for value in called.values]
            prefix = np.array([*splits, ""], object)[called.codes[rows]]
            for row in rows[prefix == ""][:1]:
                more = and_more(int((prefix == "").sum()))
                text = f"is not a split{more}; allowed: train, validation, test"
                self.wrong.append((int(row), of.split, text))
            prefix = prefix + "_"
        if of.metric:
            called = columns[of.metric]
            keys = {one.column or key: key for key, one in of.metrics.items()}
            texts = map(str, called.values)
            known = [keys.get(one, "") if keys else self._known(one) for one in texts]
            names = np.array([*known, ""], object)[called.codes[rows]]
            chosen = names != ""
            self._left_out(~chosen, f"another metric{_others(called, known)}")
            factors = {key: one.factor for key, one in of.metrics.items()}
            value = self._numbers(columns, of.value, rows[chosen], 1.0)
            value = value * np.array([factors.get(one, 1.0) for one in names[chosen]])
            named = (prefix + names)[chosen] if of.split else names[chosen]
            tall = frame[chosen].assign(metric=named, value=value)
        else:
            tables = []
            for key, one in of.metrics.items():
                value = self._numbers(columns, one.column or key, rows, one.factor)
                tables.append(frame.assign(metric=prefix + key, value=value))
            tall = pd.concat(tables, ignore_index=True)
        if of.update or of.split:  # other rows may have it
            tall = tall[tall["value"].notna() | tall["metric"].isin(CURVES)]
        if tall.empty and not self.wrong:
            self.paths.append((("metrics",), f"{of.file} has none of these metrics"))
        self._check_bounds(tall)
        return tall

    def _known(self, called: str) -> str:
        """The name of a metric of a table without `metrics`; empty if it is not overfit's."""
        if self.of.split:
            return called if called in ("accuracy", "loss") else ""
        return called if is_known(called) else ""

    def _numbers(
        self, columns: Mapping[str, _Cells], name: str, rows: NDArray[Any], factor: float
    ) -> NDArray[Any]:
        """The numbers of a column, NaN where a value is missing or infinite."""
        cells, words = columns[name], self.of.missing_words
        values = [math.nan if str(value) in words else value for value in cells.values]
        cells = _Cells(values, cells.codes)
        texts = np.array([*map(_is_text, cells.values), False])[cells.codes[rows]]
        for row in rows[texts][:1]:
            self.wrong.append((int(row), name, f"is not a number{and_more(int(texts.sum()))}"))
        found = cells.mapped(_number)[rows] * factor if factor != 1 else cells.mapped(_number)[rows]
        return np.where(np.isfinite(found), found, np.nan)

    def _whole(
        self, columns: Mapping[str, _Cells], name: str, rows: NDArray[Any], hint: str
    ) -> NDArray[np.int64]:
        found = columns[name].mapped(_number)[rows]
        bad = ~(np.isfinite(found) & (found == np.floor(found)) & (found >= 0) & (found < 2**53))
        for row in rows[bad][:1]:
            message = f"is not a whole number of at least 0{and_more(int(bad.sum()))}; {hint}"
            self.wrong.append((int(row), name, message))
        return np.where(bad, 0, found).astype(np.int64)

    def _check_bounds(self, tall: pd.DataFrame) -> None:
        for name, rows in tall.groupby("metric", sort=False):
            low, high = metric(str(name)).bounds
            bad = rows[(rows["value"] < low) | (rows["value"] > high)]
            if len(bad):
                key = str(name).partition("_")[2] if self.of.split else str(name)
                value = float(bad["value"].iloc[0])
                bound = f"at most {high:g}" if value > high else f"at least {low:g}"
                factor = as_share(metric(str(name)), value)
                hint = f"; if that is in percent, write {key}: {{factor: 0.01}}" if factor else ""
                column = self.of.value if self.of.metric else self.of.metrics[key].column or key
                text = f"{name} is {bound}{and_more(len(bad))}{hint}"
                self.wrong.append((int(bad["row"].iloc[0]), column, text))

    def _check_each_once(self, tall: pd.DataFrame) -> None:
        """Refuse two rows with values for the same run (and update)."""
        keys = ["cell", "seed", "update", "metric"]
        there = tall[tall["value"].notna()] if self.of.update or self.of.split else tall
        firsts = there.groupby(keys, sort=False)["row"].transform("min")
        again = there.assign(first=firsts)[there["row"] != firsts].drop_duplicates("row")
        lines = self._lines({int(row) for row in again["first"]})
        shown = again[["row", "first", "cell", "seed", "update"]].head(MOST)
        for row, first, cell, seed, update in shown.itertuples(index=False):
            at = f" at {self.of.update} {update}" if self.of.update else ""
            text = (
                f"a second row of {self._shown(cell)}, seed {seed}{at}; the first is {lines[first]}"
            )
            if not self.of.update:
                text += "; if it is another evaluation, name the column of updates in update"
            self.wrong.append((row, "", text))

    def _histories(self, tall: pd.DataFrame) -> pd.DataFrame:
        """Loss and accuracy at each evaluation, with a row for each split."""
        names = ["experiment", "variant", *self.grid, "seed", "update", "epoch", "split"]
        rows = tall[tall["metric"].isin(CURVES)] if self.of.update else tall.iloc[:0]
        if rows.empty:
            return pd.DataFrame(columns=[*names, "loss", "accuracy", "diverged"])
        parts = rows["metric"].str.split("_", expand=True)
        keys = ["cell", "seed", "update"]
        at = rows[keys].drop_duplicates().sort_values(keys)
        epochs = rows.groupby(keys)["epoch"].max().reset_index()
        full = at.merge(epochs, on=keys).merge(pd.DataFrame({"split": SPLITS}), how="cross")
        wide = rows.assign(split=parts[0], quantity=parts[1]).dropna(subset="value")
        wide = wide.pivot_table("value", [*keys, "split"], "quantity", aggfunc="first")
        full = full.merge(wide.reset_index(), on=[*keys, "split"], how="left")
        for quantity in ("loss", "accuracy"):
            if quantity not in full:
                full[quantity] = np.nan
        lost = tall[(tall["metric"] == "diverged") & (tall["value"] > 0)]
        flagged = pd.MultiIndex.from_frame(full[["cell", "seed"]])
        full["diverged"] = flagged.isin(pd.MultiIndex.from_frame(lost[["cell", "seed"]]))
        return self._labelled(full)[[*names, "loss", "accuracy", "diverged"]]

    def _labelled(self, rows: pd.DataFrame) -> pd.DataFrame:
        """With experiment, variant and points, in the order of cells."""
        rows = rows.sort_values("cell", kind="stable").reset_index(drop=True)
        rows["experiment"] = self.name
        rows["variant"] = [self.places[cell][0] for cell in rows["cell"]]
        for axis, points in self.grid.items():
            kind = object if len({type(point) for point in points}) > 1 else None
            rows[axis] = pd.Series(
                [self.places[cell][1][axis] for cell in rows["cell"]], dtype=kind
            )
        return rows

    def _finals(self, tall: pd.DataFrame, histories: pd.DataFrame) -> pd.DataFrame:
        """The last value of each metric without learning curve, and what is computed from it."""
        keys = ["cell", "seed"]
        last = tall[~tall["metric"].isin(CURVES)] if len(histories) else tall
        last = last.sort_values("update", kind="stable").drop_duplicates(
            [*keys, "metric"], keep="last"
        )
        wide = tall[keys].drop_duplicates().sort_values(keys).set_index(keys)
        wide = wide.join(last.pivot(index=keys, columns="metric", values="value"))
        computed = differences({one: wide.get(one, np.nan) for one in CURVES})
        for name in self.of.names([*wide]):
            if name in computed and name not in wide:
                wide[name] = computed[name]
        lost = wide.get("diverged", pd.Series(0.0, wide.index)) > 0
        found = wide.assign(lost=lost).reset_index().melt([*keys, "lost"], var_name="metric")
        found = self._labelled(found.rename(columns={"lost": "diverged"}))
        found = found.assign(straight=np.nan, censored=False, edge="")
        columns = ["experiment", "variant", *self.grid, "seed", "metric", "value", "straight"]
        return found[[*columns, "diverged", "censored", "edge"]]

    def _check_present(self, tall: pd.DataFrame, given: Sequence[str]) -> None:
        """Seeds that a cell lacks, and values that a seed lacks at the end."""
        seeds = set(tall["seed"].unique())
        first = tall.drop_duplicates("seed").set_index("seed")["row"]
        last = tall.sort_values("update", kind="stable")
        last = last.drop_duplicates(["cell", "seed"], keep="last")
        ends = dict(zip(zip(last["cell"], last["seed"], strict=True), last["row"], strict=True))
        lost = tall[(tall["metric"] == "diverged") & (tall["value"] > 0)]
        at_end = tall["update"] == tall.groupby("cell")["update"].transform("max")
        there = tall[tall["value"].notna() & (at_end | ~tall["metric"].isin(CURVES))]
        runs, valued = tall.groupby("cell"), there.groupby(["cell", "metric"])
        for place in range(len(self.places)):
            own = set(runs.get_group(place)["seed"])
            if lacking := sorted(seeds - own):
                text = f"{self._shown(place)} has no row of {_seeds(lacking)}, as others have"
                self.wrong.append((int(first[lacking[0]]), "", text + self._remedy))
            whole = own - set(lost.loc[lost["cell"] == place, "seed"])
            for name in given:
                known = (place, name) in valued.groups
                has = set(valued.get_group((place, name))["seed"]) if known else set()
                if empty := sorted(whole - has):
                    where = f" at the last {self.of.update}" if self.of.update else ""
                    text = f"{self._shown(place)} has no {name}{where} for {_seeds(empty)}"
                    self.wrong.append((int(ends[place, empty[0]]), "", text + self._remedy))

    @property
    def _remedy(self) -> str:
        drops = self.of.missing == "drop"
        return (
            "; left out where they have no partner" if drops else "; add them, or set missing: drop"
        )

    def _shown(self, cell: int) -> str:
        variant, at = self.places[cell]
        return ", ".join([variant, *(f"{axis} {say(point)}" for axis, point in at.items())])

    def _lines(self, rows: Collection[int]) -> dict[int, str]:
        """Where rows are, in words."""
        found = self.table.cells({(row, 0) for row in rows})
        return {row: found.get((row, 0), (f"row {row + 1}", ""))[0] for row in rows}

    def _problems(self) -> list[Problem]:
        """The mistakes in rows, each with its line."""
        columns = self.table.columns
        chosen = sorted(self.wrong)[:MOST]
        wanted = {(row, columns.index(name) if name else 0) for row, name, _ in chosen}
        cells = self.table.cells(wanted) if wanted else {}
        found = []
        for row, name, text in chosen:
            place = (row, columns.index(name) if name else 0)
            where, cell = cells.get(place, (f"row {row + 1}", ""))
            message = f"column {name!r}: {say(cell)} {text}" if name else text
            found.append(_problem(self.of.file, f"{where}: {message}"))
        if len(self.wrong) > MOST:
            rest = len(self.wrong) - MOST
            found.append(Problem(self.of.file, None, "", f"and {rest} more mistakes"))
        return found

    def _stop(self, *, keys: bool = False) -> None:
        if self.paths or (self.wrong and not keys):
            raise MeasurementError(self._problems(), self.paths)


def _problem(file: str, text: str) -> Problem:
    """A mistake whose text may begin with its place: `line 3: ...` or `FILE, line 3: ...`."""
    text = re.sub(rf"^{re.escape(file)}[,:]? ", "", text)
    found = re.match(r"line (\d+)[:,] ", text)
    line = int(found[1]) if found else None
    return Problem(file, line, "", text[found.end() :] if found else text)


def _cells(pieces: Sequence[Any], read: Callable[[Any], Any] | None = None) -> _Cells:
    """The pieces of a column, each of whose values `read` translates."""
    plain = [p.dictionary_decode() if pa.types.is_dictionary(p.type) else p for p in pieces]
    encoded = pa.concat_arrays(plain).dictionary_encode()
    values = [v.strip() if isinstance(v, str) else v for v in encoded.dictionary.to_pylist()]
    values = [*map(read, values)] if read else values
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.intp)
    return _Cells(values, codes)


def _number(value: Any) -> float:
    """A cell as a number; NaN if it isn't one."""
    if isinstance(value, bool):
        return float(value)
    try:
        return float(value)
    except (TypeError, ValueError):
        return {"true": 1.0, "false": 0.0}.get(str(value).lower(), math.nan)


def _is_text(value: Any) -> bool:
    """Whether a cell is not a number."""
    if not isinstance(value, str) or not value:
        return False
    return math.isnan(_number(value)) and value.lower() not in ("nan", "-nan")


def _is(value: Any, point: Any) -> bool:
    """Whether a cell is a point of an axis or the value of a variant."""
    if isinstance(point, bool):
        return str(value).lower() == str(point).lower()
    if isinstance(point, int | float):
        return not isinstance(value, bool) and _number(value) == point
    return str(value) == point


def _position(value: Any, points: Sequence[Any]) -> int:
    """The position of a cell among points; -1 if it isn't one of them."""
    return next((place for place, point in enumerate(points) if _is(value, point)), -1)


def _others(cells: _Cells, known: Sequence[Any] | None = None) -> str:
    """The values of a column that are not known: `; it has 'a', 'b', ...`."""
    pairs = zip(cells.values, known or [False] * len(cells.values), strict=True)
    found = [str(value) for value, used in pairs if not used]
    return f"; it has {listed(map(say, found))}" if found else ""


def _seeds(seeds: Sequence[int]) -> str:
    return f"seed{'s' * (len(seeds) > 1)} {listed(seeds)}"
