"""The tables of a section: its numbers, the results of searches, the numbers of the source."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from overfit.config.experiment import Experiment
from overfit.config.experiment_file import SCORE, Reported
from overfit.data.checked import DataError
from overfit.metrics.format import ABSENT, setting
from overfit.metrics.histories import read_trials
from overfit.metrics.searches import ranked_trials, trial_scores
from overfit.metrics.table import METRICS, Metric, is_of_search, metric
from overfit.results import Results

DIVERGED = "diverged"
FIXED = {"experiment", "variant", "metric", "n", "mean", "iqm", "ci_low", "ci_high"}
FIXED |= {"min", "max", "diverged", "censored"}
"""The columns of summary.csv that are not axes of the grid."""


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
    n: str
    diverged: str


@dataclass(frozen=True)
class Summary:
    """One row per variant and grid point, one column per metric, as (label, unit)."""

    axes: list[str]
    metrics: list[tuple[str, str]]
    rows: list[Row]

    @property
    def any_diverged(self) -> bool:
        """Whether a seed of any row diverged."""
        return any(row.diverged not in ("", "0") for row in self.rows)


def read_summary(experiment: Experiment, path: Path) -> Summary:
    """Read summary.csv, which has one row per metric, and turn metrics into columns.

    A metric without a single mean (validation accuracy without a validation set) gets no column.
    Measurements of probes and matched metrics are shown only if a claim uses them. Metrics of
    searches, which have another n, are shown beside their claims.
    """
    with open(path, encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        axes = [column for column in reader.fieldnames or [] if column not in FIXED]
        records = [record for record in reader if record["variant"] in experiment.labels]
    hidden = ("validation_loss", DIVERGED)  # has its own column, because space is short
    # Percentages first, so that the gap is beside the accuracies.
    ordered = sorted(METRICS, key=lambda name: METRICS[name].factor == 1)
    known = [name for name in ordered if name not in hidden]
    claimed = {claim.test.metric for claim in experiment.claims}
    with_mean = {record["metric"] for record in records if record["mean"]}
    names = sorted(
        (name for name in with_mean & {*known, *claimed} if not is_of_search(name)),
        key=lambda name: (known.index(name) if name in known else len(known), name),
    )
    points: dict[tuple[str, ...], dict[str, dict[str, str]]] = {}
    for record in records:
        point = (record["variant"], *(record[axis] for axis in axes))
        points.setdefault(point, {})[record["metric"]] = record
    order = list(experiment.labels)
    return Summary(
        axes=axes,
        metrics=[(metric(name).label, metric(name).unit) for name in names],
        rows=[
            _row(experiment.labels[point[0]], point[1:], by_metric, names)
            for point, by_metric in sorted(points.items(), key=lambda item: order.index(item[0][0]))
        ],
    )


def _row(
    label: str, at: tuple[str, ...], by_metric: Mapping[str, Mapping[str, str]], names: list[str]
) -> Row:
    shown = [by_metric.get(name) for name in names]
    n = Counter(record["n"] for record in shown if record).most_common(1)[0][0]
    return Row(
        label=label,
        at=[setting(_number(value)) for value in at],
        cells=[_cell(name, record, n) for name, record in zip(names, shown, strict=True)],
        n=n,
        diverged=next(iter(by_metric.values()))["diverged"],
    )


def _cell(name: str, record: Mapping[str, str] | None, n: str) -> tuple[str, str] | None:
    if record is None or not record["mean"]:
        return None
    mean, interval = _mean_and_interval(metric(name), record)
    if record["n"] != n:
        interval += f", n = {record['n']}"
    if record["censored"] != "0":
        interval += f", {record['censored']} never"
    return mean, interval


def _mean_and_interval(wording: Metric, record: Mapping[str, str]) -> tuple[str, str]:
    low, high = (float(record[end] or "nan") for end in ("ci_low", "ci_high"))
    return wording.value(float(record["mean"])), wording.interval(low, high)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


@dataclass(frozen=True)
class Found:
    """A search and its result: for each key its range and the best value."""

    label: str
    method: str
    trials: int
    objective: str
    values: dict[str, tuple[str, str]]

    @property
    def keys(self) -> list[str]:
        """The search."""
        return list(self.values)


def best_values(experiment: Experiment, variant: str, results: Results) -> dict[str, Any]:
    """The best trial's value of each searched key that applies.

    Also its `score`, if the source reports one for the same search and all trials exist.
    """
    search = experiment.searches[variant]
    best = yaml.safe_load(results.best(search.id, search.method).read_text(encoding="utf-8"))
    values = {key: value for key in search.space for value in _at(best, key.split("."))}
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
    scores = trial_scores(trials[trials["repeat"] == 0], objective).set_index("trial")["score"]
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
        trials=search.count,
        objective=search.objective.goal,
        values={
            key: (
                _space(dimension.model_dump(mode="json", exclude_defaults=True)),
                setting(best[key]) if key in best else "does not apply",
            )
            for key, dimension in search.space.items()
        },
    )


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
    experiment: Experiment, summary: Path, best: Mapping[str, Mapping[str, Any]]
) -> list[Beside]:
    """The numbers that the source of an experiment reports, and ours.

    Args:
        experiment: the experiment.
        summary: its summary.csv, which need not exist.
        best: what `best_values` returned, for each searched variant.
    """
    return [
        _found_by_search(experiment, number, best.get(number.of, {}))
        if number.found
        else _measured(experiment, number, summary)
        for number in experiment.reported
    ]


def _measured(experiment: Experiment, number: Reported, summary: Path) -> Beside:
    wording = metric(str(number.metric))
    at = [f"{axis} = {setting(point)}" for axis, point in number.at.items()]
    ours, interval = ABSENT, ""
    if (row := _summary_row(summary, number)) and row["mean"]:
        ours, interval = _mean_and_interval(wording, row)
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
    shown = wording.value if wording else setting
    what = f"{wording.label} of the best trial" if wording else f"Best {key}"
    return Beside(
        what=f"{what}, {experiment.labels[number.of]}",
        theirs=shown(number.value),
        ours=ABSENT if best.get(key) is None else shown(best[key]),
        interval="",
        unit=wording.unit if wording else "",
        cites=number.cites,
    )


def _summary_row(summary: Path, number: Reported) -> Mapping[str, str] | None:
    """The row of the summary with a number, if any."""
    if not summary.is_file():
        return None
    with open(summary, encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if (row["variant"], row["metric"]) == (number.of, number.metric) and all(
                _same(row[axis], point) for axis, point in number.at.items()
            ):
                return row
    return None


def _same(cell: str, point: Any) -> bool:
    try:
        return math.isclose(float(cell), float(point), rel_tol=1e-5)
    except ValueError:
        return cell == str(point)
