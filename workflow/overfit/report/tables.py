"""The tables of a section: its numbers, the results of searches, the numbers of the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

import yaml

from overfit.config.experiment import Cell, Experiment
from overfit.config.experiment_file import SCORE, Reported
from overfit.data.checked import DamagedError, DataError, content
from overfit.metrics.axes import axis_in_text, axis_label, point_in_text
from overfit.metrics.format import ABSENT, setting
from overfit.metrics.histories import read_trials
from overfit.metrics.searches import ranked_trials, trial_scores
from overfit.metrics.table import METRICS, Metric, is_of_search, metric
from overfit.results import Results

DIVERGED = "diverged"
UNLESS_CLAIMED = (
    *("validation_loss", "generalization_gap_loss", "test_error", "best_test_accuracy"),
    *("test_loss_rise", "updates_to_best_test_loss"),
)
"""Metrics without a column if no claim is about them."""
Cells = Sequence[Mapping[str, Mapping[str, Any]]]
"""The rows of a summary by metric, for each cell of an experiment."""


@dataclass(frozen=True)
class Row:
    """One variant at one grid point; a cell is (mean, interval), or None without values.

    Metrics may have values for different numbers of seeds (a diverged seed has no loss). Then
    `n` is the most frequent number, and a cell with another number shows it with its interval,
    as well as the number of seeds that never reached a threshold.
    """

    label: str
    at: list[str]
    cells: list[tuple[str, str] | None]
    n: int
    diverged: int


@dataclass(frozen=True)
class Summary:
    """One row per variant and grid point, one column per metric, as (label, unit)."""

    axes: list[str]
    metrics: list[tuple[str, str]]
    rows: list[Row]

    @property
    def any_fewer(self) -> bool:
        """Whether the rows have different numbers of seeds."""
        return len({row.n for row in self.rows}) > 1

    @property
    def any_diverged(self) -> bool:
        """Whether a seed of any row diverged."""
        return any(row.diverged for row in self.rows)


def summary(experiment: Experiment, cells: Cells) -> Summary:
    """Turn the metrics of a summary into columns.

    A metric without a single mean (validation accuracy without a validation set) gets no column.
    Measurements of probes, matched metrics and `UNLESS_CLAIMED` are shown only if a claim uses
    them. Metrics of searches, which have another n, are shown beside their claims.

    Args:
        experiment: the experiment.
        cells: what `read_summary` returned.
    """
    hidden = (*UNLESS_CLAIMED, DIVERGED)  # which has its own column, because space is short
    # Percentages first, so that the gap is beside the accuracies.
    ordered = sorted(METRICS, key=lambda name: METRICS[name].factor == 1)
    known = [name for name in ordered if name not in hidden]
    claimed = {claim.test.metric for claim in experiment.claims}
    with_mean = {name for rows in cells for name, row in rows.items() if not isnan(row["mean"])}
    names = sorted(
        (name for name in with_mean & {*known, *claimed} if not is_of_search(name)),
        key=lambda name: (known.index(name) if name in known else len(known), name),
    )
    return Summary(
        axes=[axis_label(axis) for axis in experiment.grid],
        metrics=[(metric(name).label, metric(name).unit) for name in names],
        rows=[
            _row(experiment, cell, rows, names)
            for cell, rows in zip(experiment.cells, cells, strict=True)
        ],
    )


def _row(
    experiment: Experiment, cell: Cell, rows: Mapping[str, Mapping[str, Any]], names: list[str]
) -> Row:
    shown = [rows.get(name) for name in names]
    n = Counter(row["n"] for row in shown if row).most_common(1)[0][0]
    return Row(
        label=experiment.labels[cell.variant],
        at=[experiment.shown(axis, point) for axis, point in cell.at.items()],
        cells=[_cell(name, row, n) for name, row in zip(names, shown, strict=True)],
        n=n,
        diverged=next(iter(rows.values()))["diverged"],
    )


def _cell(name: str, row: Mapping[str, Any] | None, n: int) -> tuple[str, str] | None:
    if row is None or isnan(row["mean"]):
        return None
    mean, interval = _mean_and_interval(metric(name), row)
    if row["n"] != n:
        interval += f", n = {row['n']}"
    if row["censored"]:
        interval += f", {row['censored']} never"
    if row["straight"] < row["ci_low"] or row["straight"] > row["ci_high"]:
        interval += ", evaluations too far apart"
    return mean, interval


def _mean_and_interval(wording: Metric, row: Mapping[str, Any]) -> tuple[str, str]:
    return wording.value(row["mean"]), wording.interval(row["ci_low"], row["ci_high"])


@dataclass(frozen=True)
class Found:
    """A search and its result: for each key its range and the best value."""

    label: str
    method: str
    trials: str
    objective: str
    values: dict[str, tuple[str, str]]

    @property
    def keys(self) -> list[str]:
        """The search."""
        return list(self.values)


def best_values(
    experiment: Experiment, variant: str, results: Results, *paths: Path
) -> dict[str, Any]:
    """The best trial's value of each searched key that applies, from what a search found.

    If each seed has a search, a list of values. Also its `score`, if the source reports one for the
    same search and all trials exist.

    Args:
        experiment: the experiment.
        variant: the searched variant.
        results: the folder of results.
        paths: the files of what was found: one, or one for each block of seeds.

    Raises:
        DamagedError: they set no such key.
    """
    search = experiment.searches[variant]
    each = [yaml.safe_load(content(path)) for path in paths]
    if search.per_seed:
        by_seed = {seed: values for found in each for seed, values in found.items()}
        each = [by_seed[seed] for seed in experiment.members]
    values: dict[str, Any] = {}
    for key in search.space:
        if found := [value for one in each for value in _at(one, key.split("."))]:
            values[key] = found if search.per_seed else found[0]
    if not values:
        raise DamagedError(paths[0], "it sets none of the searched keys")
    if any(number.of == variant for number in experiment.reported):
        values |= _score(experiment, variant, results)
    return values


def _at(values: Any, steps: Sequence[str]) -> Iterator[Any]:
    """The value at a path through nested mappings, if there is one."""
    for step in steps:
        if not isinstance(values, Mapping) or step not in values:
            return
        values = values[step]
    yield values


def _score(experiment: Experiment, variant: str, results: Results) -> dict[str, float]:
    """The best trial's score, if the trials exist."""
    try:
        trials = read_trials(experiment, variant, results)
    except (FileNotFoundError, DataError):
        return {}
    objective = experiment.searches[variant].objective.metric
    first = trials[trials["repeat"] == trials["repeat"].min()]
    scores = trial_scores(first, objective).set_index("trial")["score"]
    return {SCORE: float(scores[ranked_trials(trials, objective)[0]])}


def found(experiment: Experiment, variant: str, best: Mapping[str, Any]) -> Found:
    """A search and its result in words.

    Args:
        experiment: the experiment.
        variant: the searched variant.
        best: what `best_values` returned.
    """
    search = experiment.searches[variant]
    return Found(
        label=experiment.labels[variant],
        method=search.method.replace("_", " "),
        trials=f"{search.count} trials{' for each seed' if search.per_seed else ''}",
        objective=search.objective.goal,
        values={
            key: (
                _space(dimension.model_dump(mode="json", exclude_defaults=True)),
                _value(best[key]) if key in best else "does not apply",
            )
            for key, dimension in search.space.items()
        },
    )


def _value(value: Any) -> str:
    """A value in words; of the values of several seeds the median and the ends, or each."""
    if not isinstance(value, list):
        return setting(value)
    if all(type(one) in (int, float) for one in value):
        ordered = sorted(value)
        median = ordered[(len(ordered) - 1) // 2]
        ends = f"{setting(ordered[0])} to {setting(ordered[-1])}"
        return f"{setting(median)} (median of {len(value)} seeds; {ends})"
    counted = Counter(map(setting, value))
    return ", ".join(f"{text} ({count} of {len(value)})" for text, count in counted.most_common())


def _space(dimension: Mapping[str, Any]) -> str:
    """The range of a key: `log uniform, 1e-06 to 0.01`, and its condition, if any."""
    words = []
    for kind, given in dimension.items():
        if kind == "when":
            conditions = (f"{key} is {setting(value)}" for key, value in given.items())
            words.append(f"where {' and '.join(conditions)}")
        elif kind == "choice":
            words.append(f"choice, {setting(given)}")
        elif kind == "points":
            words.append(f"{given} points")
        else:
            words.append(f"{kind.replace('_', ' ')}, {' to '.join(map(setting, given))}")
    return "; ".join(reversed(words))


@dataclass(frozen=True)
class Beside:
    """A number of the source and ours; texts are ready to print.

    Attributes:
        what: the name of the number.
        theirs: the source's.
        ours: our number, "–" if it doesn't exist.
        interval: the interval around ours, "" if it doesn't exist.
        unit: the unit of the numbers.
        cites: where the source reports it.
    """

    what: str
    theirs: str
    ours: str
    interval: str
    unit: str
    cites: str


def numbers_of_source(
    experiment: Experiment, cells: Cells, best: Mapping[str, Mapping[str, Any]]
) -> list[Beside]:
    """The numbers that the source of an experiment reports, and ours.

    Args:
        experiment: the experiment.
        cells: what `read_summary` returned; nothing if there is no summary.
        best: what `best_values` returned, for each searched variant.
    """
    return [
        _found_by_search(experiment, number, best.get(number.of, {}))
        if number.found
        else _measured(experiment, number, cells)
        for number in experiment.reported
    ]


def _measured(experiment: Experiment, number: Reported, cells: Cells) -> Beside:
    name = str(number.metric)
    wording = metric(name)
    at = [point_in_text(axis, experiment.shown(axis, point)) for axis, point in number.at.items()]
    ours, interval = ABSENT, ""
    for cell, rows in zip(experiment.cells, cells, strict=False):
        if (cell.variant, cell.at) == (number.of, number.at) and name in rows:
            ours, interval = _mean_and_interval(wording, rows[name])
    return Beside(
        what=", ".join([wording.label, experiment.labels[number.of], *at]),
        theirs=wording.value(number.value),
        ours=ours,
        interval=interval,
        unit=wording.unit,
        cites=number.cites,
    )


def _found_by_search(experiment: Experiment, number: Reported, best: Mapping[str, Any]) -> Beside:
    key = str(number.found)
    wording = metric(experiment.searches[number.of].objective.metric) if key == SCORE else None
    shown = wording.value if wording else _value
    what = f"{wording.label} of the best trial" if wording else f"Best {axis_in_text(key)}"
    return Beside(
        what=f"{what}, {experiment.labels[number.of]}",
        theirs=shown(number.value),
        ours=ABSENT if best.get(key) is None else shown(best[key]),
        interval="",
        unit=wording.unit if wording else "",
        cites=number.cites,
    )
