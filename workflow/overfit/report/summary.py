"""The summary table of an experiment: a row a variant and grid point, a column a metric."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overfit.config.search_metrics import is_of_search
from overfit.report.units import METRICS, metric, setting

DIVERGED = "diverged"
FIXED = {"experiment", "variant", "metric", "n", "mean", "iqm", "ci_low", "ci_high"}
FIXED |= {"min", "max", "diverged", "censored"}


@dataclass(frozen=True)
class Row:
    """One variant at one grid point; a cell is (mean, interval), None where there is none.

    Metrics may have values for different numbers of seeds (a diverged seed has no loss). Then
    `n` is the number of most of them, and a cell with another number says so with its interval.
    It also says how many seeds never reached a threshold.
    """

    label: str
    at: list[str]
    cells: list[tuple[str, str] | None]
    n: str
    diverged: str


@dataclass(frozen=True)
class Summary:
    """The table: grid axes, metrics as (label, unit), and rows in the order of the plan."""

    axes: list[str]
    metrics: list[tuple[str, str]]
    rows: list[Row]

    @property
    def any_diverged(self) -> bool:
        """Whether a seed of any row diverged."""
        return any(row.diverged not in ("", "0") for row in self.rows)


def read_summary(plan: Mapping[str, Any], path: Path) -> Summary:
    """Read summary.csv, one row a metric, and turn metrics into columns.

    A metric without a single mean (validation accuracy without a validation set) gets no column.
    Of what probes measured, only what claims are about is shown; so it is with metrics where runs
    match. Numbers of searches, which have another n, stand beside their claims.
    """
    with open(path, encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        axes = [column for column in reader.fieldnames or [] if column not in FIXED]
        records = [record for record in reader if record["variant"] in plan["variants"]]
    hidden = ("validation_loss", DIVERGED)  # for want of room; a column of its own
    known = [name for name in METRICS if name not in hidden]
    claimed = {claim["test"][claim["kind"]] for claim in plan["claims"]}
    names = sorted(
        {
            r["metric"]
            for r in records
            if r["mean"] and r["metric"] in {*known, *claimed} and not is_of_search(r["metric"])
        },
        key=lambda name: (known.index(name) if name in known else len(known), name),
    )
    points: dict[tuple[str, ...], dict[str, dict[str, str]]] = {}
    for record in records:
        point = (record["variant"], *(record[axis] for axis in axes))
        points.setdefault(point, {})[record["metric"]] = record
    order = list(plan["variants"])
    return Summary(
        axes=axes,
        metrics=[(metric(name).label, metric(name).unit) for name in names],
        rows=[
            _row(plan["variants"][point[0]]["label"], point[1:], by_metric, names)
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
    wording = metric(name)
    low, high = (float(record[end] or "nan") for end in ("ci_low", "ci_high"))
    interval = wording.interval(low, high)
    if record["n"] != n:
        interval += f", n = {record['n']}"
    if record["censored"] != "0":
        interval += f", {record['censored']} never"
    return wording.value(float(record["mean"])), interval


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
