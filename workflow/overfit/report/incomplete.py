"""The report of a workflow that did not finish: what there is, and what failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from overfit.report.failures import failures
from overfit.report.page import render
from overfit.report.provenance import collect
from overfit.report.source import source_text
from overfit.results import write_text


def write_incomplete(
    page: Path,
    *,
    root: Path,
    plans: Sequence[Mapping[str, Any]],
    config: Mapping[str, Any],
    left_out: Mapping[str, str],
    histories: Sequence[Path],
    logs: Mapping[str, str],
) -> str:
    """Write a report of what exists, and give a text about what failed.

    Args:
        page: where the report goes, in the folder of results.
        root: the project's folder.
        plans: the experiments' plans.
        config: the configuration as Snakemake resolved it.
        left_out: titles of the experiments that were not asked for, by their names.
        histories: the histories of all runs and searches, whether they exist or not.
        logs: the log of the job that writes it, for each output.
    """
    results = page.parent
    failed = failures(logs)
    provenance = collect(
        root=root,
        results=results,
        plans=plans,
        inputs=[],
        histories=[path for path in histories if path.is_file()],
        benchmarks=[],
        root_seed=config["root_seed"],
        config=config,
    )
    sources = {plan["experiment"]: source_text(plan) for plan in plans}
    templates = root / "workflow" / "report"
    html = render(plans, results, templates, provenance, sources, failed, left_out)
    try:
        write_text(page, html)
        shown = f"Everything else is in {page}."
    except OSError as error:  # a full disk may be why the workflow failed
        shown = f"{page} can't be written: {error.strerror}"
    listed = [f"  {one.output}: {one.reason} ({one.log})" for one in failed]
    return "\n".join([f"{len(failed)} outputs are missing since their jobs failed", *listed, shown])
