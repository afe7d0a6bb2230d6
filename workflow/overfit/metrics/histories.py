"""The histories of an experiment, gathered from the runs that it shares with others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from overfit.data.checked import read_table
from overfit.results import Results


def read_histories(plan: Mapping[str, Any], results: Path) -> pd.DataFrame:
    """Read the history of every cell of an experiment, in the order of its plan.

    Args:
        plan: the experiment's plan.
        results: the folder of results.

    Returns:
        The rows of `runs/{run}/{block}.parquet`, with the columns `experiment`, `variant` and one
        for each grid axis (its dotted name) in front. A run that serves several cells appears once
        for each.

    Raises:
        FileNotFoundError: a block is missing.
    """

    def whole(run: str) -> pd.DataFrame:
        return _read_run(plan, run, Results(results).history)

    return _labelled(plan, whole)


def read_probes(plan: Mapping[str, Any], results: Path) -> pd.DataFrame:
    """Read what the probes of an experiment found at the last evaluation of every cell.

    Args:
        plan: the experiment's plan; it names probes.
        results: the folder of results.

    Returns:
        The rows of `runs/{run}/{block}.probes.parquet` at the last evaluation point, labelled as
        those of `read_histories`.

    Raises:
        FileNotFoundError: a block is missing.
    """

    def last(run: str) -> pd.DataFrame:
        rows = _read_run(plan, run, Results(results).probes)
        return rows[rows["update"] == rows["update"].max()]

    return _labelled(plan, last)


def read_probe_curves(
    plan: Mapping[str, Any], results: Path, quantities: Collection[str]
) -> pd.DataFrame:
    """Read what the probes of an experiment found of some quantities at every evaluation.

    Like `read_probes` otherwise.
    """

    def chosen(run: str) -> pd.DataFrame:
        rows = _read_run(plan, run, Results(results).probes)
        return rows[rows["quantity"].isin(quantities)]

    return _labelled(plan, chosen)


def read_trials(plan: Mapping[str, Any], variant: str, results: Path) -> pd.DataFrame:
    """Read the histories of all trials of the search behind a searched variant.

    Args:
        plan: the experiment's plan.
        variant: the searched variant.
        results: the folder of results.

    Returns:
        The rows of `searches/{search}/{method}/{block}.parquet`: a history with the columns
        `search`, `trial` and one for each searched key (its dotted name).

    Raises:
        ValueError: the variant is not searched.
        FileNotFoundError: a block is missing.
    """
    if variant not in plan["searches"]:
        searched = ", ".join(plan["searches"]) or "none"
        raise ValueError(f"{plan['experiment']}: {variant} is not searched; searched: {searched}")
    search = plan["searches"][variant]
    return _read_blocks(
        Results(results).trials(search["search"], search["method"], block)
        for block in search["blocks"]
    )


def _labelled(plan: Mapping[str, Any], read: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """The rows of every cell, with its experiment, variant and grid point in front."""
    runs: dict[str, pd.DataFrame] = {}
    frames = []
    for cell in plan["cells"]:
        run = cell["run"]
        if run not in runs:
            runs[run] = read(run)
        labels = {"experiment": plan["experiment"], "variant": cell["variant"], **cell["at"]}
        frame = runs[run].copy()
        for position, (name, value) in enumerate(labels.items()):
            frame.insert(position, name, value)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _read_run(plan: Mapping[str, Any], run: str, file: Callable[[str, str], Path]) -> pd.DataFrame:
    """The rows of the plan's seeds; the last block may hold more (see `overfit.config.blocks`)."""
    rows = _read_blocks(file(run, block) for block in plan["blocks"][run])
    wanted = rows["seed"] < plan["seeds"]
    return rows if wanted.all() else rows[wanted]


def _read_blocks(files: Iterable[Path]) -> pd.DataFrame:
    return pd.concat([read_table(file) for file in files], ignore_index=True)
