"""Which jobs failed, and what their logs say: for the report of a run that did not finish."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ENTRY = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ([A-Z]+) (.*)$")
SILENT = "ended without a word: killed, or out of memory or time"


@dataclass(frozen=True)
class Failure:
    """A job that began and left no output."""

    output: str
    """What it was to write."""
    log: str
    """Its log."""
    reason: str
    """The error in the log, in one line."""


def failures(logs: Mapping[str, str]) -> list[Failure]:
    """The jobs that began, since their log exists, and whose output does not.

    Args:
        logs: the log of the job that writes it, for each output.
    """
    return [
        Failure(output, log, _reason(Path(log).read_text(encoding="utf-8", errors="replace")))
        for output, log in logs.items()
        if Path(log).is_file() and not Path(output).exists()
    ]


def _reason(log: str) -> str:
    """The last error that was logged: the end of its traceback, or what it says itself."""
    lines = [line for line in log.splitlines() if line.strip()]
    entries = [at for at, line in enumerate(lines) if ENTRY.match(line)]
    last = ENTRY.match(lines[entries[-1]]) if entries else None
    if last is None or last[1] != "ERROR":
        return SILENT
    has_traceback = entries[-1] + 1 < len(lines)
    return lines[-1].strip() if has_traceback else last[2]
