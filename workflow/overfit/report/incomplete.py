"""The report of a workflow that did not finish: existing results, failed jobs and reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from overfit.config.experiment import Experiment
from overfit.data.checked import printable
from overfit.report.page import Failure, render
from overfit.report.provenance import collect
from overfit.results import Job, Results, write_text

ENTRY = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ([A-Z]+) (.*)$")
TRACEBACK = "Traceback (most recent call last):"
SILENT = "no error was logged; probably killed, or out of memory or time"


def failures(jobs: Sequence[Job], results: Results) -> list[Failure]:
    """The jobs that failed: their log exists, their output does not."""
    logs = {job.outputs[0]: results.log(job.rule, *job.names) for job in jobs}
    return [
        Failure(str(output), str(log), _reason(log))
        for output, log in logs.items()
        if log.is_file() and not output.exists()
    ]


def undrawn(jobs: Sequence[Job], results: Results) -> list[Failure]:
    """Those jobs whose results say why they can't be drawn: the last entry of their log."""
    logs = {job.outputs[0]: results.log(job.rule, *job.names) for job in jobs}
    found = [(output, log, _reason(log)) for output, log in logs.items() if log.is_file()]
    return [Failure(str(output), str(log), why) for output, log, why in found if why != SILENT]


def _reason(log: Path) -> str:
    """The last logged error: the last line of its traceback, or its whole message."""
    text = log.read_text(encoding="utf-8", errors="replace")
    lines = [line for line in text.splitlines() if line.strip()]
    entries = [at for at, line in enumerate(lines) if ENTRY.match(line)]
    last = ENTRY.match(lines[entries[-1]]) if entries else None
    if last is None or last[1] != "ERROR":
        return SILENT
    rest = lines[entries[-1] + 1 :]
    return rest[-1].strip() if rest[:1] == [TRACEBACK] else "\n    ".join([last[2], *rest])


def write_incomplete(
    page: Path,
    *,
    root: Path,
    experiments: Sequence[Experiment],
    config: Mapping[str, Any],
    inputs: Mapping[str, str],
    left_out: Mapping[str, str],
    jobs: Sequence[Job],
    trained: Sequence[Job],
) -> str:
    """Write a report of the existing results, and return a text about the failures.

    Args:
        page: the path of the report, in the folder of results.
        root: the project's folder.
        experiments: the experiments.
        config: the configuration as Snakemake resolved it.
        inputs: the SHA-256 of the sources of the results, by path.
        left_out: titles of the experiments that were not selected, by their names.
        jobs: all jobs.
        trained: those that train, finished or not.
    """
    results = Results(page.parent)
    failed = failures(jobs, results)
    provenance = collect(
        root=root,
        results=results,
        experiments=experiments,
        inputs=inputs,
        jobs=[job for job in trained if job.outputs[0].is_file()],
        root_seed=config["root_seed"],
        config=config,
    )
    html = render(experiments, results, provenance, config["topics"], failed, left_out)
    try:
        write_text(page, html)
        shown = f"Everything else is in {page}."
    except OSError as error:  # a full disk may be why the workflow failed
        shown = f"{page} can't be written: {error.strerror}"
    counted = f"{len(failed)} {'job' if len(failed) == 1 else 'jobs'} failed:"
    return "\n".join([counted, *listed(failed), shown])


def listed(failed: Sequence[Failure]) -> list[str]:
    """A paragraph for each reason, with the first of the outputs that are missing because of it."""
    alike: dict[str, list[Failure]] = {}
    for one in failed:
        alike.setdefault(one.reason, []).append(one)
    return [
        printable(f"  {first.output}{more}: {reason} ({first.log})")
        for reason, (first, *rest) in alike.items()
        for more in [f" and {len(rest)} more" if rest else ""]
    ]
