"""The jobs that failed, and why: their logs tell. This needs no package that draws."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from overfit.data.checked import printable
from overfit.results import Job, Results

ENTRY = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ([A-Z]+) (.*)$")
TRACEBACK = "Traceback (most recent call last):"
SILENT = "no error was logged; probably killed, or out of memory or time"


@dataclass(frozen=True)
class Failure:
    """A job that started but wrote no output."""

    output: str
    """The file that it should have written."""
    log: str
    """Its log."""
    reason: str
    """The error in the log, in one line."""


def failures(jobs: Sequence[Job], results: Results) -> list[Failure]:
    """The jobs that failed: their log exists, their output does not."""
    logs = {job.outputs[0]: results.log(job.rule, *job.names) for job in jobs}
    return [
        Failure(str(output), str(log), _reason(log))
        for output, log in logs.items()
        if log.is_file() and not output.exists()
    ]


def undrawn(jobs: Sequence[Job], results: Results) -> list[Failure]:
    """The figures that can't be drawn, each with the last entry of its log."""
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


def told(failed: Sequence[Failure]) -> str:
    """The number of failed jobs, and each reason."""
    counted = f"{len(failed)} {'job' if len(failed) == 1 else 'jobs'} failed:"
    return "\n".join([counted, *listed(failed)])


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
