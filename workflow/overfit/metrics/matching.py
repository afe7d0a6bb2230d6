"""Metrics between evaluation points: where a curve reaches a level, and the value of another there.

Between two evaluations, a curve is the piecewise cubic Hermite interpolant of Fritsch and Carlson
(PCHIP), which is monotone wherever the values are, so it makes up no bumps. Straight lines between
the evaluations are an independent second answer: where both differ by more than an interval allows,
evaluations are too far apart for that interval.

Source: Fritsch and Carlson (1980), Monotone piecewise cubic interpolation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from overfit.config.deferred import interpolate
from overfit.metrics.axes import grid_axes
from overfit.metrics.table import SPLITS, Matched, differences, matched, measurement

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
HALVINGS = 50
"""Bisections of the time between two evaluations, to find where a curve reaches a level."""


def with_matched(
    metrics: pd.DataFrame,
    names: Iterable[str],
    histories: pd.DataFrame,
    probes: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Add metrics such as `gap@train_accuracy=0.95`; see `overfit.metrics.table`.

    A seed has the value at the place where it first satisfies the criterion; both are interpolated
    between evaluations. If it never does, it has no value (NaN) and is `censored`: it is left out
    of means, where `updates_to_90` can count it with its budget.

    Args:
        metrics: the table of `metrics`.
        names: the names of the metrics to add.
        histories: the table from which `metrics` was computed.
        probes: measurements of probes at all evaluations (`read_probe_curves`).

    Returns:
        The rows of `metrics`, with one row per name after those of each seed.
    """
    keys = ["experiment", "variant", *grid_axes(metrics), "seed"]
    seeds = metrics[[*keys, "diverged"]].drop_duplicates(ignore_index=True)
    tables = [metrics]
    for name in names:
        match = matched(name)
        if match is None:
            raise ValueError(f"{name} is not a matched metric")
        where = _places(histories, seeds[keys], match)
        found = values_at(*curves_of(_values(match.metric, keys, histories, probes), seeds), where)
        rows = seeds.assign(metric=name, value=found[:, 0], straight=found[:, 1], edge="")
        tables.append(rows.assign(censored=np.isnan(where[:, 0]))[metrics.columns])
    both = pd.concat(tables, ignore_index=True)
    position = both.groupby(keys, sort=False).ngroup()
    return both.iloc[position.argsort(kind="stable")].reset_index(drop=True)


def updates_to(histories: pd.DataFrame, seeds: pd.DataFrame, accuracy: float) -> Floats:
    """The updates (S, 2) that seeds need to a training accuracy, as `places` has them."""
    return _places(histories, seeds, Matched("", "train_accuracy", accuracy))


def curves_of(table: pd.DataFrame, seeds: pd.DataFrame) -> tuple[Floats, Floats]:
    """A quantity of each seed at every update: the updates (P,), and the values (S, P).

    Args:
        table: the columns that identify a seed, `update` and `value`.
        seeds: the seeds in order, identified by the same columns.

    Returns:
        Seeds of different runs may be evaluated after different updates; NaN where they are not.
    """
    keys = [name for name in seeds if name in table]
    rows = seeds[keys].assign(row=range(len(seeds))).merge(table, on=keys)
    updates, columns = np.unique(rows["update"].to_numpy(float), return_inverse=True)
    values = np.full((len(seeds), len(updates)), np.nan)
    values[rows["row"], columns] = rows["value"]
    return updates, values


def places(updates: Floats, curves: Floats, level: float) -> Floats:
    """Where curves first rise to a level.

    Args:
        updates: (P,) ascending.
        curves: (S, P); not finite where there is no evaluation.
        level: the level.

    Returns:
        (S, 2): the update by the interpolant and that by straight lines. A curve that is there from
        the start has its first update, one that never gets there NaN.
    """
    found = np.full((len(curves), 2), np.nan)
    for rows, at, values in _alike(updates, curves):
        above = values >= level
        first = above.argmax(axis=1)
        for after in np.unique(first[above.any(axis=1)]):
            own = above[:, after] & (first == after)
            found[rows[own]] = _rises(at, values[own], after, level)
    return found


def values_at(updates: Floats, curves: Floats, where: Floats) -> Floats:
    """The values of curves at places between evaluations.

    Args:
        updates: (P,) ascending.
        curves: (S, P); not finite where there is no evaluation.
        where: (S, 2), from `places`.

    Returns:
        (S, 2): by the interpolant at the first place, and by straight lines at the second. NaN
        where there is no place, and beyond the evaluations.
    """
    found = np.full((len(curves), 2), np.nan)
    for rows, at, values in _alike(updates, curves):
        place, straight = where[rows].T
        within = (at[0] <= place) & (place <= at[-1])
        following = at.searchsorted(place)
        for after in np.unique(following[within]):
            own = within & (following == after)
            found[rows[own], 0] = _cubic(at, values[own], after)(place[own])
        for row in np.flatnonzero(within):
            found[rows[row], 1] = np.interp(straight[row], at, values[row])
    return found


def _alike(updates: Floats, curves: Floats) -> Iterator[tuple[Indices, Floats, Floats]]:
    """Curves with the same evaluations: their rows (s,), the updates (p,), the values (s, p)."""
    there = np.isfinite(curves)
    kinds, kind = np.unique(there, axis=0, return_inverse=True)
    for number, evaluated in enumerate(kinds):
        rows = np.flatnonzero(kind.ravel() == number)
        if evaluated.any():
            yield rows, updates[evaluated], curves[np.ix_(rows, evaluated)]


def _rises(at: Floats, values: Floats, after: int, level: float) -> Floats:
    """Where curves rise to a level just before or at evaluation `after`; see `places`."""
    if after == 0:
        return np.full((len(values), 2), at[0])
    low, high = (np.full(len(values), at[i]) for i in (after - 1, after))
    before, then = values[:, after - 1], values[:, after]
    straight = low + (level - before) / (then - before) * (high - low)
    curve = _cubic(at, values, after)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = curve(middle) < level
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.column_stack([np.where(then == level, at[after], high), straight])


def _cubic(at: Floats, values: Floats, after: int) -> Callable[[Floats], Floats]:
    """The interpolants between evaluation `after` and the one before, each at its own place (s,).

    They depend on four evaluations.
    """
    if after == 0:
        return lambda _: values[:, 0]
    near = slice(max(0, after - 2), after + 2)
    piece = after - 1 - near.start
    a, b, c, d = interpolate.PchipInterpolator(at[near], values[:, near], axis=1).c[:, piece]
    start, end = at[after - 1], at[after]

    def curve(place: Floats) -> Floats:
        x = place - start
        inside: Floats = ((a * x + b) * x + c) * x + d
        return np.where(place == end, values[:, after], inside)

    return curve


def _places(histories: pd.DataFrame, seeds: pd.DataFrame, match: Matched) -> Floats:
    rows = histories[histories["split"] == "train"]
    rises = match.criterion == "train_accuracy"
    curve = rows["accuracy"] if rises else -rows["loss"]
    level = match.value if rises else -match.value
    return places(*curves_of(rows[[*seeds, "update"]].assign(value=curve), seeds), level)


def _values(
    metric: str, keys: list[str], histories: pd.DataFrame, probes: pd.DataFrame | None
) -> pd.DataFrame:
    """A metric at every evaluation: the keys, `update` and `value`."""
    at = [*keys, "update"]
    found = measurement(metric)
    if found is None:
        indexed = histories.set_index(at)
        splits = {split: indexed[indexed["split"] == split] for split in SPLITS}
        curves = {
            f"{split}_{quantity}": rows[quantity]
            for split, rows in splits.items()
            for quantity in ("accuracy", "loss")
        }
        return (curves | differences(curves))[metric].rename("value").reset_index()
    if probes is None:
        raise ValueError(f"{metric} is not recorded")
    quantity, layer = found
    return probes[(probes["quantity"] == quantity) & (probes["layer"] == layer)][[*at, "value"]]
