"""Starts of Snakemake from a process that has loaded it: the same program, a second sooner.

A start loads 1,200 modules of Snakemake, pandas and others before it reads a line of the workflow.
Nothing of this project is loaded beforehand: each start loads the package of its own checkout.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "jinja2", "jsonschema", "nbformat", "pandas", "pydantic", "requests", "rich.live",
        "rich.progress", "rich.table", "scipy.special", "smart_open", "snakemake.cli",
        "snakemake.profiles", "snakemake.report", "snakemake.report.html_reporter",
        "snakemake.storage", "yaml",
    ]
)  # fmt: skip


def snakemake(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path
) -> int:
    """Run Snakemake like `python -m snakemake` in a new process, and wait for it.

    Args:
        arguments: those of the command line.
        folder: the working directory.
        environment: all variables of the process.
        output: the file that gets what it prints.

    Returns:
        Its exit status.
    """
    told = list(arguments), str(folder), dict(environment), str(output)
    process = _CONTEXT.Process(target=_run, args=told)
    process.start()
    process.join(600)
    if process.exitcode is None:
        process.kill()
        raise TimeoutError(f"snakemake {' '.join(arguments)}")
    return process.exitcode


def _run(arguments: list[str], folder: str, environment: dict[str, str], output: str) -> None:
    gc.freeze()  # otherwise each collection would go through, and so copy, what is loaded
    with open(output, "wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    checkout = Path(__file__).parents[2]
    ours = {str(checkout), str(checkout / "workflow")}
    others = [path for path in sys.path if path not in ours]
    sys.path[:] = [folder, *others, f"{folder}/workflow"]  # as if it were installed from there
    from snakemake.cli import main

    sys.argv = ["snakemake", *arguments]
    main()
