"""What is known of tables and their columns: different texts, counts, ranges and moments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from overfit.data.csv_table import Cell
from overfit.data.table_keys import TableKeys

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

LARGEST = float(np.finfo(np.float32).max)
MOST_TEXTS = 10_000
"""The most different texts of a column that are told apart."""
TRUTH = [("false", "true"), ("no", "yes"), ("f", "t"), ("n", "y")]
"""Words for 0 and 1."""
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
        with np.errstate(over="ignore", invalid="ignore"):
            complete = bool(np.isfinite(values.sum(axis=1)).all())
        if complete:
            here, known, count = None, values, np.full(len(values), values.shape[1])
            low, high = values.min(axis=1), values.max(axis=1)
        else:
            here = ~np.isnan(values)
            known, count = np.where(here, values, 0.0), here.sum(axis=1)
            self._note(self.missing, self.first_missing, ~here, start)
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
        rounded = stored != values
        self.rounded |= (rounded if here is None else rounded & here).any(axis=1)
        if self.rising.any():
            self.rising &= (values[:, 0] > self.last) & (np.diff(values, axis=1) > 0).all(axis=1)
            self.last = values[:, -1]

    def _moments(
        self, known: NDArray[np.float64], here: NDArray[np.bool_] | None, count: NDArray[np.int64]
    ) -> None:
        """Mean and sum of squared deviations of the numbers that are `here`, all if None.

        Source: Chan, Golub and LeVeque (1979), Updating formulae and a pairwise algorithm for
        computing sample variances.
        """
        mean = known.sum(axis=1) / np.maximum(count, 1)
        deviations = known - mean[:, None]
        if here is not None:
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
        found: NDArray[np.bool_],
        start: Place,
    ) -> None:
        """Count what was found, and where it is first."""
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

    def batches(
        self, positions: Sequence[int], texts: Collection[int] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The cells of these columns, some rows at a time; null if the value is missing.

        A format without types gives numbers or text, and text only for those in `texts`, which by
        default are all.
        """

    def cells(self, wanted: Collection[Cell]) -> dict[Cell, tuple[str, str]]:
        """Where cells are, in words, and their texts as in the file."""

    def troubles(self) -> list[str]:
        """What is wrong with rows as a whole, after all batches have been read."""


@dataclass
class ReadTables:
    """The tables of a dataset, and what is known of them when all rows have been read."""

    tables: Sequence[Table]
    columns: list[Column]
    keys: TableKeys
    positions: list[list[int]]
    """Where each table has the columns, then the labels."""
    statistics: Statistics
    codes: list[list[NDArray[np.int32]]]
    """Positions of the labels of each table among `values`, -1 if there is none, in pieces."""
    values: dict[Any, int]
    """Different labels, each with its position."""


def joined(pieces: Sequence[NDArray[Any]], kind: type) -> NDArray[Any]:
    """Pieces as one array, which has this type if there is none."""
    return np.concatenate([np.empty(0, kind), *pieces])
