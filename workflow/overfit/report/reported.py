"""Numbers of the source, with ours beside them."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overfit.report.units import ABSENT, metric, setting


@dataclass(frozen=True)
class Beside:
    """A number of the source and ours; texts are ready to print.

    Attributes:
        what: what the number is.
        theirs: the source's.
        ours: ours, "–" where there is none.
        interval: the interval around ours, "" where there is none.
        unit: the unit of the numbers.
        cites: where the source reports it.
    """

    what: str
    theirs: str
    ours: str
    interval: str
    unit: str
    cites: str


def beside(
    plan: Mapping[str, Any], summary: Path, found: Mapping[str, Mapping[str, Any]]
) -> list[Beside]:
    """The numbers that the source of an experiment reports, and ours.

    Args:
        plan: the experiment's plan.
        summary: its summary.csv, which need not exist.
        found: for each searched variant what its search found, by key; `score` is the best
            trial's objective.
    """
    return [
        _of_search(plan, number, found.get(number["of"], {}))
        if number["found"]
        else _of_metric(plan, number, summary)
        for number in plan["reported"]
    ]


def _of_metric(plan: Mapping[str, Any], number: Mapping[str, Any], summary: Path) -> Beside:
    wording = metric(number["metric"])
    at = [f"{axis} = {setting(point)}" for axis, point in number["at"].items()]
    label = plan["variants"][number["of"]]["label"]
    ours, interval = ABSENT, ""
    for row in _rows(summary, number):
        if row["mean"]:
            ours = wording.value(float(row["mean"]))
            low, high = (float(row[end] or "nan") for end in ("ci_low", "ci_high"))
            interval = wording.interval(low, high)
    return Beside(
        what=", ".join([wording.label, label, *at]),
        theirs=wording.value(number["value"]),
        ours=ours,
        interval=interval,
        unit=wording.unit,
        cites=number["cites"],
    )


def _of_search(
    plan: Mapping[str, Any], number: Mapping[str, Any], found: Mapping[str, Any]
) -> Beside:
    key = number["found"]
    (objective,) = plan["searches"][number["of"]]["objective"].values()
    wording = metric(objective) if key == "score" else None
    shown = wording.value if wording else setting
    best = f"{wording.label} of the best trial" if wording else f"Best {key}"
    return Beside(
        what=f"{best}, {plan['variants'][number['of']]['label']}",
        theirs=shown(number["value"]),
        ours=ABSENT if found.get(key) is None else shown(found[key]),
        interval="",
        unit=wording.unit if wording else "",
        cites=number["cites"],
    )


def _rows(summary: Path, number: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """The row of the summary that the number belongs to, if there is one."""
    if not summary.is_file():
        return
    with open(summary, encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if (row["variant"], row["metric"]) == (number["of"], number["metric"]) and all(
                _same(row[axis], point) for axis, point in number["at"].items()
            ):
                yield row


def _same(cell: str, point: Any) -> bool:
    try:
        return math.isclose(float(cell), float(point), rel_tol=1e-5)
    except ValueError:
        return cell == str(point)
