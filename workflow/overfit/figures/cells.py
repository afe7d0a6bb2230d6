"""The cells of a plan that a figure shows, and their rows in the tables of runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from overfit.figures.samples import variants_of
from overfit.metrics.histories import read_histories, read_probe_curves

Cell = Mapping[str, Any]


def cells_of(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> list[Cell]:
    """The cells of the figure's variants at its point of the grid, in the order of its variants."""
    at = figure["options"].get("at", {})
    return [
        cell
        for variant in variants_of(plan, figure)
        for cell in plan["cells"]
        if cell["variant"] == variant and all(cell["at"][axis] == at[axis] for axis in at)
    ]


def histories_of(plan: Mapping[str, Any], cells: list[Cell], results: Path) -> pd.DataFrame:
    """The histories of cells alone."""
    return read_histories({**plan, "cells": cells}, results)


def rows_of(table: pd.DataFrame, cell: Cell) -> pd.DataFrame:
    """The rows of one cell."""
    chosen = table["variant"] == cell["variant"]
    for axis, value in cell["at"].items():
        chosen &= table[axis] == value
    return table[chosen]


def probes_of(
    plan: Mapping[str, Any], cells: list[Cell], results: Path, quantities: list[str]
) -> pd.DataFrame:
    """What probes have recorded of these quantities.

    Returns:
        The rows of `runs/{run}/{block}.probes.parquet` with the columns `variant` and one for each
        grid axis in front.

    Raises:
        FileNotFoundError: a block is missing.
    """
    return read_probe_curves({**plan, "cells": cells}, results, quantities)


def epochs_of(histories: pd.DataFrame) -> dict[int, float]:
    """The epoch of each update at which runs were evaluated."""
    return dict(zip(histories["update"], histories["epoch"], strict=True))
