"""What an experiment cost: networks, jobs and time."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Effort:
    """The work of an experiment.

    Attributes:
        runs: distinct configurations that are trained.
        shared: how many of them other experiments have, too; they are trained once.
        networks: networks trained, those of searches included.
        jobs: blocks of seeds or trials, a job each.
        timed: how many of these jobs left their time.
        seconds: the time of these, added up.
    """

    runs: int
    shared: int
    networks: int
    jobs: int
    timed: int
    seconds: float


def effort(plan: Mapping[str, Any], networks: int, others: Collection[str], home: Path) -> Effort:
    """The work of an experiment, from its plan and from what Snakemake has measured.

    Args:
        plan: the experiment's plan.
        networks: how many networks it trains.
        others: the runs of all other experiments.
        home: the folder of results, with Snakemake's benchmark files in `benchmarks`.
    """
    files = list(_benchmarks(plan, home / "benchmarks"))
    times = [_seconds(path) for path in files if path.is_file()]
    runs = {cell["run"] for cell in plan["cells"]}
    return Effort(
        runs=len(runs),
        shared=len(runs.intersection(others)),
        networks=networks,
        jobs=len(files),
        timed=len(times),
        seconds=sum(times),
    )


def _benchmarks(plan: Mapping[str, Any], folder: Path) -> Iterator[Path]:
    for run, blocks in plan["blocks"].items():
        for block in blocks:
            yield folder / "train" / run / f"{block}.tsv"
    searches = {(one["search"], one["method"]): one["blocks"] for one in plan["searches"].values()}
    for (search, method), blocks in searches.items():
        for block in blocks:
            yield folder / "search_trials" / search / method / f"{block}.tsv"


def _seconds(path: Path) -> float:
    with open(path, encoding="utf-8", newline="") as lines:
        return sum(float(row["s"]) for row in csv.DictReader(lines, delimiter="\t"))
