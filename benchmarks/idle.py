"""When the jobs of the workflow ran, and how long cores were idle, from results/benchmarks."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple


def seconds_of(benchmark: Iterable[str]) -> float:
    """The times in a file of Snakemake's `benchmark`."""
    return sum(float(row["s"]) for row in csv.DictReader(benchmark, delimiter="\t"))


class Job(NamedTuple):
    """When a job ran, in seconds; its kind is its rule."""

    kind: str
    start: float
    end: float


def recorded_jobs(folder: Path) -> list[Job]:
    """All jobs of which `folder` has a benchmark, which each job writes when it ends."""
    jobs = []
    for path in folder.rglob("*.tsv"):
        end = path.stat().st_mtime
        seconds = seconds_of(path.read_text(encoding="utf-8").splitlines())
        jobs.append(Job(path.relative_to(folder).parts[0].removesuffix(".tsv"), end - seconds, end))
    return jobs


def idle_seconds(jobs: Sequence[Job], cores: int, start: float, end: float) -> float:
    """Core-seconds from `start` to `end` in which no recorded job ran, on `cores` cores."""
    edges = sorted({start, end, *(t for job in jobs for t in job[1:] if start < t < end)})
    return sum(
        (b - a) * max(0, cores - sum(job.start <= a and b <= job.end for job in jobs))
        for a, b in pairwise(edges)
    )


def kinds(jobs: Sequence[Job], cores: int, end: float) -> Iterator[str]:
    """A table of the kinds of jobs and of idle time, until `end`, when all results were there."""
    start = min(job.start for job in jobs)
    trained = max(job.end for job in jobs if job.kind in ("train", "search_trials"))
    found = {kind: [job for job in jobs if job.kind == kind] for kind in {j.kind for j in jobs}}
    seconds = {kind: sum(j.end - j.start for j in members) for kind, members in found.items()}
    yield "| jobs | number | core-seconds | share |"
    yield "|---|--:|--:|--:|"
    whole = cores * (end - start)
    for kind in sorted(found, key=lambda kind: -seconds[kind]):
        yield f"| {kind} | {len(found[kind])} | {seconds[kind]:.1f} | {seconds[kind] / whole:.1%} |"
    for when, idle in (
        ("while networks trained", idle_seconds(jobs, cores, start, trained)),
        ("after the last network", idle_seconds(jobs, cores, trained, end)),
    ):
        yield f"| idle or not recorded, {when} | | {idle:.1f} | {idle / whole:.1%} |"
