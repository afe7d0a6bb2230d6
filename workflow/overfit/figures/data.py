"""The data of figures: the values of the seeds at a place, and the tables of runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from overfit.claims import samples
from overfit.config.experiment import Cell, Experiment, Trained
from overfit.figures.options import GridFigure, VariantFigure
from overfit.metrics.histories import read_histories, read_probe_curves
from overfit.metrics.resampling import CONFIDENCE, mean_intervals
from overfit.metrics.table import Metric, metric
from overfit.metrics.tables import read_metrics
from overfit.results import Results

DIVERGED = "diverged"
"""The share of seeds that diverged, shown as a metric."""

Place = tuple[str, Mapping[str, Any]]
"""A variant and its point on grid axes."""
Interval = Callable[[Sequence[float] | NDArray[np.float64]], tuple[float, float]]
"""Gives the interval of a mean, as seaborn's `errorbar`."""


@dataclass(frozen=True)
class Estimate:
    """A metric at a place, scaled for its axis.

    Attributes:
        seeds: (n,) the values of the seeds, ascending.
        low: lower end of the 95% interval of their mean; NaN for fewer than two.
        high: its upper end.
        diverged: how many seeds diverged there.
        censored: how many seeds never reached what the metric waits for.
    """

    seeds: NDArray[np.float64]
    low: float
    high: float
    diverged: int
    censored: int

    @property
    def incomplete(self) -> bool:
        """Whether the mean is one with seeds that diverged or are censored."""
        return self.diverged > 0 or self.censored > 0

    @property
    def mean(self) -> float:
        """The mean; NaN without seeds."""
        return float(self.seeds.mean()) if len(self.seeds) else float("nan")


def metrics_of(experiment: Experiment, results: Results) -> pd.DataFrame:
    """The metrics of an experiment."""
    return read_metrics(results.experiment(experiment.name).metrics, experiment.grid)


def variants_of(experiment: Experiment, figure: VariantFigure) -> list[str]:
    """The variants that a figure shows, in order; all of the experiment by default."""
    return list(figure.variants or experiment.labels)


def estimates(
    metrics: pd.DataFrame, name: str, places: Sequence[Place], *, minus: str | None = None
) -> list[Estimate]:
    """A metric at places, or its difference from the variant `minus` there, seed by seed.

    A seed that has no value on either side is left out. The interval of a mean is that of
    `mean_intervals`, within the bounds of the metric; that of the share of diverged seeds is
    Wilson's.
    """
    shown = metric(name)
    factor = shown.factor
    found: list[NDArray[np.float64]] = []
    diverged, censored = [], []
    for variant, at in places:
        values = by_seed(metrics, name, variant, at)
        if minus:
            values = values - by_seed(metrics, name, minus, at)
        found.append(np.sort(values.dropna().to_numpy(float)))
        diverged.append(int((by_seed(metrics, DIVERGED, variant, at) > 0).sum()))
        never = name != DIVERGED and _flagged(metrics, "censored", name, variant, at) > 0
        censored.append(int(np.sum(never)))
    if name == DIVERGED and not minus:
        intervals = np.array([share_interval(sample) for sample in found]).reshape(-1, 2)
    else:
        scaled = [factor * sample for sample in found]
        intervals = factor * mean_intervals(found)
        intervals = intervals if minus else _within_bounds(intervals, scaled, shown)
    return [
        Estimate(factor * sample, low, high, lost, late)
        for sample, (low, high), lost, late in zip(
            found, intervals, diverged, censored, strict=True
        )
    ]


def by_seed(
    metrics: pd.DataFrame, name: str, variant: str, at: Mapping[str, Any]
) -> pd.Series[float]:
    """The values of a metric, or the share of diverged runs, by seed; see `samples.by_seed`."""
    if name != DIVERGED:
        return samples.by_seed(metrics, name, variant, at)
    return _flagged(metrics, DIVERGED, str(metrics["metric"].iloc[0]), variant, at)


def _flagged(
    metrics: pd.DataFrame, flag: str, name: str, variant: str, at: Mapping[str, Any]
) -> pd.Series[float]:
    """The share of a seed's runs that are flagged at a metric."""
    rows = samples.rows_at(metrics, variant, at)
    return samples.by_seed(rows.assign(value=rows[flag].astype(float)), name, variant, {})


def diverged_note(metrics: pd.DataFrame, variant: str, at: Mapping[str, Any] | None = None) -> str:
    """A note for the name of a variant of which seeds diverged."""
    count = int((by_seed(metrics, DIVERGED, variant, at or {}) > 0).sum())
    return f"\n({count} diverged)" if count else ""


def interval_of(shown: Metric, *, difference: bool = False) -> Interval:
    """Gives the 95% interval of a mean of scaled values of a metric, or of their differences.

    A mean lies within the bounds of its metric, so its interval ends there at the latest.
    """

    def interval(values: Sequence[float] | NDArray[np.float64]) -> tuple[float, float]:
        samples = [np.sort(values)]
        found = mean_intervals(samples)
        low, high = (found if difference else _within_bounds(found, samples, shown))[0]
        return float(low), float(high)

    return interval


def _within_bounds(
    intervals: NDArray[np.float64], samples: Sequence[NDArray[np.float64]], shown: Metric
) -> NDArray[np.float64]:
    """Intervals that end at the bounds of a metric; or at a mean beyond them by rounding."""
    means = np.array([sample.mean() if len(sample) else np.nan for sample in samples])
    low, high = (shown.factor * bound for bound in shown.bounds)
    lows, highs = np.clip(intervals, low, high).T
    return np.column_stack([np.fmin(lows, means), np.fmax(highs, means)])


def share_interval(shares: Sequence[float] | NDArray[np.float64]) -> tuple[float, float]:
    """Wilson's 95% interval of the share of seeds with a value above 0, in percent."""
    if not len(shares):
        return float("nan"), float("nan")
    test = stats.binomtest(int((np.asarray(shares) > 0).sum()), len(shares))
    found = test.proportion_ci(CONFIDENCE, method="wilson")
    return 100 * float(found.low), 100 * float(found.high)


def cells_of(experiment: Experiment, figure: GridFigure) -> list[Cell]:
    """The cells of the figure's variants at its point of the grid, in the order of its variants."""
    return [
        cell
        for variant in variants_of(experiment, figure)
        for cell in experiment.cells
        if cell.variant == variant and figure.at.items() <= cell.at.items()
    ]


def trained_of(experiment: Experiment, figure: GridFigure) -> list[Trained]:
    """The cells that are runs."""
    return [cell for cell in cells_of(experiment, figure) if isinstance(cell, Trained)]


def histories_of(experiment: Experiment, cells: list[Cell], results: Results) -> pd.DataFrame:
    """The histories of these cells, with accuracies in percent."""
    found = read_histories(replace(experiment, cells=tuple(cells)), results)
    return found.assign(accuracy=100 * found["accuracy"])


def noted(experiment: Experiment, cell: Cell, histories: pd.DataFrame) -> str:
    """The name of a cell's variant, and how many of its seeds diverged."""
    diverged = diverged_seeds(rows_of(histories, cell))
    note = f" ({diverged} of {experiment.seeds} seeds diverged)" if diverged else ""
    return experiment.labels[cell.variant] + note


def diverged_seeds(histories: pd.DataFrame) -> int:
    """The number of diverged seeds."""
    return int(histories.groupby("seed")["diverged"].any().sum())


def rows_of(table: pd.DataFrame, cell: Cell) -> pd.DataFrame:
    """The rows of one cell."""
    chosen = table["variant"] == cell.variant
    for axis, value in cell.at.items():
        chosen &= table[axis] == value
    return table[chosen]


def probes_of(
    experiment: Experiment, cells: list[Cell], results: Results, quantities: list[str]
) -> pd.DataFrame:
    """The records of these quantities by probes.

    Returns:
        The rows of `runs/{run}/{block}.probes.parquet` with the columns `variant` and one for each
        grid axis in front. Infinite values are NaN.

    Raises:
        FileNotFoundError: a block is missing.
    """
    table = read_probe_curves(replace(experiment, cells=tuple(cells)), results, quantities)
    return table.assign(value=table["value"].replace([np.inf, -np.inf], np.nan))


def epochs_of(histories: pd.DataFrame) -> dict[int, float]:
    """The epoch of each update at which runs were evaluated."""
    return dict(zip(histories["update"], histories["epoch"], strict=True))


def ascending(points: Sequence[Any]) -> list[Any]:
    """Numbers from low to high; names as they are in the file."""
    numbers = all(isinstance(p, int | float) and not isinstance(p, bool) for p in points)
    return sorted(points) if numbers else list(points)
