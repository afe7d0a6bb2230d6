"""The report of a workflow that did not finish: existing results, failed jobs and reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from overfit.config.experiment import Experiment
from overfit.report.failures import failures, told
from overfit.report.page import render
from overfit.report.provenance import collect
from overfit.results import Job, Results, write_text


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
    return f"{told(failed)}\n{shown}"
