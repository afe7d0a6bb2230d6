"""The tables of an experiment: histories of its runs, measurements of probes, trials, metrics.

A run may serve several cells and several experiments; here each cell has its rows, labelled with
its variant and its point of the grid. The columns of grid axes contain the points as the experiment
has them, with their types.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from overfit.config.experiment import Experiment
from overfit.config.specs import RunSpec
from overfit.data.checked import read_table
from overfit.metrics.measured import read
from overfit.metrics.table import quantities
from overfit.results import Results
from overfit.training.schedule import evaluation_points


def read_histories(experiment: Experiment, results: Results) -> pd.DataFrame:
    """Read the history of every cell of an experiment, in the order of its cells.

    Args:
        experiment: the experiment.
        results: the folder of results.

    Returns:
        The rows of `runs/{run}/{block}.parquet` at the evaluation points of the cell, with the
        columns `experiment`, `variant` and one for each grid axis (its dotted name) in front. A run
        that serves several cells appears once for each. Of measurements, the rows of their file.

    Raises:
        FileNotFoundError: a block is missing.
    """
    if of := experiment.measurements:
        found = read(experiment.name, of, experiment.values, experiment.grid).histories
        places = [(cell.variant, *cell.at.values()) for cell in experiment.cells]
        keys = zip(*(found[name] for name in ("variant", *experiment.grid)), strict=True)
        return found[[key in places for key in keys]]

    def whole(run: RunSpec) -> pd.DataFrame:
        return _read_run(experiment, run, results.history)

    return _labelled(experiment, whole)


def read_probes(experiment: Experiment, results: Results) -> pd.DataFrame:
    """Read the measurements of probes and trainers at the last evaluation of the measured cells.

    Args:
        experiment: the experiment; it names probes, or its trainers declare metrics.
        results: the folder of results.

    Returns:
        The rows of `runs/{run}/{block}.probes.parquet` at the last evaluation point of each seed,
        of these quantities, labelled as those of `read_histories`.

    Raises:
        FileNotFoundError: a block is missing.
    """
    own = {name for probe in experiment.probes for name in quantities()[probe]}
    own |= {*experiment.own}

    def last(run: RunSpec) -> pd.DataFrame:
        rows = _read_run(experiment, run, results.probes)
        at_end = rows["update"] == rows.groupby("seed")["update"].transform("max")
        return rows[at_end & rows["quantity"].isin(own)]

    return _labelled(replace(experiment, cells=tuple(experiment.measured())), last)


def read_probe_curves(
    experiment: Experiment, results: Results, quantities: Collection[str] | None = None
) -> pd.DataFrame:
    """Read the measurements by probes and trainers at every evaluation of the measured cells.

    Of some quantities or of all; otherwise like `read_probes`.
    """

    def chosen(run: RunSpec) -> pd.DataFrame:
        rows = _read_run(experiment, run, results.probes)
        return rows if quantities is None else rows[rows["quantity"].isin(quantities)]

    return _labelled(replace(experiment, cells=tuple(experiment.measured())), chosen)


def read_trials(experiment: Experiment, variant: str, results: Results) -> pd.DataFrame:
    """Read the histories of all trials of the search behind a searched variant.

    Args:
        experiment: the experiment.
        variant: the searched variant.
        results: the folder of results.

    Returns:
        The rows of `searches/{search}/{method}/{block}.parquet`: a history with the columns
        `search`, `trial` and one for each searched key (its dotted name).

    Raises:
        ValueError: the variant is not searched.
        FileNotFoundError: a block is missing.
    """
    if variant not in experiment.searches:
        searched = ", ".join(experiment.searches) or "none"
        raise ValueError(f"{experiment.name}: {variant} is not searched; searched: {searched}")
    search = experiment.searches[variant]
    blocks = experiment.trial_blocks(variant)
    files = [results.trials(search.id, search.method, block) for block in blocks]
    trials = _read_blocks(files, of=search.to_yaml())
    return trials[trials["repeat"].isin(experiment.members)] if search.per_seed else trials


def _labelled(experiment: Experiment, read: Callable[[RunSpec], pd.DataFrame]) -> pd.DataFrame:
    """The rows of every cell at its evaluation points, with its labels in front.

    Other experiments may ask the same run for other points. Budgets may differ between seeds, where
    a search finds them, so the last update of each seed tells which points are a cell's.
    """
    runs: dict[str, pd.DataFrame] = {}
    frames = []
    for cell in experiment.trained:
        run = cell.run.id
        if run not in runs:
            runs[run] = read(cell.run)
        labels = {"experiment": experiment.name, "variant": cell.variant, **cell.at}
        frame = at_points(runs[run], cell.points)
        for position, (name, value) in enumerate(labels.items()):
            frame.insert(position, name, value)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def at_points(rows: pd.DataFrame, points: int) -> pd.DataFrame:
    """The rows at so many evaluation points, see `evaluation_points`, of each seed."""
    asked = pd.Series(False, index=rows.index)
    last = rows.groupby("seed")["update"].transform("max")
    for budget in last.unique().tolist():
        asked |= (last == budget) & rows["update"].isin(evaluation_points(budget, points))
    return rows[asked].copy()


def _read_run(
    experiment: Experiment, run: RunSpec, path: Callable[[str, str], Path]
) -> pd.DataFrame:
    """The rows of the experiment's seeds; blocks may contain more, see `config.blocks`."""
    files = [path(run.id, block) for block in experiment.blocks[run.id]]
    rows = _read_blocks(files, of=run.to_yaml())
    wanted = rows["seed"].isin(experiment.members)
    return rows if wanted.all() else rows[wanted]


def _read_blocks(files: Sequence[Path], *, of: str) -> pd.DataFrame:
    return pd.concat([read_table(file, of=of) for file in files], ignore_index=True)
