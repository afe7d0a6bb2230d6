"""The histories of an experiment, gathered from the runs that it shares with others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from overfit.data.checked import read_table


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
    runs: dict[str, pd.DataFrame] = {}
    frames = []
    for cell in plan["cells"]:
        run = cell["run"]
        if run not in runs:
            runs[run] = _read_blocks(results / "runs" / run, plan["blocks"])
        labels = {"experiment": plan["experiment"], "variant": cell["variant"], **cell["at"]}
        frame = runs[run].copy()
        for position, (name, value) in enumerate(labels.items()):
            frame.insert(position, name, value)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


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
        results / "searches" / search["search"] / search["method"], search["blocks"]
    )


def _read_blocks(folder: Path, blocks: Sequence[str]) -> pd.DataFrame:
    frames = [read_table(folder / f"{block}.parquet") for block in blocks]
    return pd.concat(frames, ignore_index=True)
