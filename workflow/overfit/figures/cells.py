"""The cells of an experiment that a figure shows, and their rows in the tables of runs."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from overfit.config.experiment import Cell, Experiment
from overfit.figures.options import GridFigure
from overfit.figures.samples import variants_of
from overfit.metrics.histories import read_histories, read_probe_curves
from overfit.results import Results


def cells_of(experiment: Experiment, figure: GridFigure) -> list[Cell]:
    """The cells of the figure's variants at its point of the grid, in the order of its variants."""
    return [
        cell
        for variant in variants_of(experiment, figure)
        for cell in experiment.cells
        if cell.variant == variant and figure.at.items() <= cell.at.items()
    ]


def histories_of(experiment: Experiment, cells: list[Cell], results: Results) -> pd.DataFrame:
    """The histories of these cells."""
    return read_histories(replace(experiment, cells=tuple(cells)).plan(), results.root)


def rows_of(table: pd.DataFrame, cell: Cell) -> pd.DataFrame:
    """The rows of one cell."""
    chosen = table["variant"] == cell.variant
    for axis, value in cell.at.items():
        chosen &= table[axis] == value
    return table[chosen]


def probes_of(
    experiment: Experiment, cells: list[Cell], results: Results, quantities: list[str]
) -> pd.DataFrame:
    """What probes have recorded of these quantities.

    Returns:
        The rows of `runs/{run}/{block}.probes.parquet` with the columns `variant` and one for each
        grid axis in front.

    Raises:
        FileNotFoundError: a block is missing.
    """
    plan = replace(experiment, cells=tuple(cells)).plan()
    return read_probe_curves(plan, results.root, quantities)


def epochs_of(histories: pd.DataFrame) -> dict[int, float]:
    """The epoch of each update at which runs were evaluated."""
    return dict(zip(histories["update"], histories["epoch"], strict=True))
