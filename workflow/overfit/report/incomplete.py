"""The report of a workflow that did not finish: what exists, which jobs failed, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from overfit.config.experiment import Experiment
from overfit.report.page import Failure, render
from overfit.report.provenance import collect
from overfit.report.section import source_text
from overfit.results import Results, write_text

ENTRY = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ([A-Z]+) (.*)$")
SILENT = "no error was logged; probably killed, or out of memory or time"


def failures(logs: Mapping[str, str]) -> list[Failure]:
    """The jobs that failed: their log exists, their output does not.

    Args:
        logs: the log of the job that writes it, for each output.
    """
    return [
        Failure(output, log, _reason(Path(log).read_text(encoding="utf-8", errors="replace")))
        for output, log in logs.items()
        if Path(log).is_file() and not Path(output).exists()
    ]


def _reason(log: str) -> str:
    """The last logged error: the last line of its traceback, or its message."""
    lines = [line for line in log.splitlines() if line.strip()]
    entries = [at for at, line in enumerate(lines) if ENTRY.match(line)]
    last = ENTRY.match(lines[entries[-1]]) if entries else None
    if last is None or last[1] != "ERROR":
        return SILENT
    has_traceback = entries[-1] + 1 < len(lines)
    return lines[-1].strip() if has_traceback else last[2]


def write_incomplete(
    page: Path,
    *,
    root: Path,
    experiments: Sequence[Experiment],
    config: Mapping[str, Any],
    left_out: Mapping[str, str],
    histories: Sequence[Path],
    logs: Mapping[str, str],
) -> str:
    """Write a report of what exists, and return a text about what failed.

    Args:
        page: where the report goes, in the folder of results.
        root: the project's folder.
        experiments: the experiments.
        config: the configuration as Snakemake resolved it.
        left_out: titles of the experiments that were not asked for, by their names.
        histories: the histories of all runs and searches, whether they exist or not.
        logs: the log of the job that writes it, for each output.
    """
    results = Results(page.parent)
    failed = failures(logs)
    provenance = collect(
        root=root,
        results=results,
        experiments=experiments,
        inputs={},
        histories=[path for path in histories if path.is_file()],
        benchmarks=[],
        root_seed=config["root_seed"],
        config=config,
    )
    sources = {one.name: source_text(one) for one in experiments}
    html = render(experiments, results, provenance, sources, failed, left_out)
    try:
        write_text(page, html)
        shown = f"Everything else is in {page}."
    except OSError as error:  # a full disk may be why the workflow failed
        shown = f"{page} can't be written: {error.strerror}"
    listed = [f"  {one.output}: {one.reason} ({one.log})" for one in failed]
    return "\n".join([f"{len(failed)} outputs are missing since their jobs failed", *listed, shown])
