"""Summaries over the seeds of an experiment: metrics and mean learning curves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from overfit.config.deferred import special
from overfit.metrics.axes import grid_axes
from overfit.metrics.resampling import CONFIDENCE, mean_intervals
from overfit.results import atomic


def summarize(metrics: pd.DataFrame) -> pd.DataFrame:
    """Summarize each metric of each variant and grid point over its seeds.

    Args:
        metrics: the table of `metrics`.

    Returns:
        One row per metric: experiment, variant, the grid axes, metric, then

        * `n`: seeds with a value. A seed that diverged has no loss and no gap.
        * `mean`, `min`, `max` of the n values, in the metric's unit.
        * `iqm`: the interquartile mean, the mean without the lowest and the highest n // 4 values.
        * `ci_low`, `ci_high`: the 95% interval of the mean, see `mean_intervals`.
        * `straight`: of interpolated metrics, the mean with straight lines between evaluations. If
          it is beyond the interval, evaluations are too far apart for this interval.
        * `diverged`: the number of seeds that diverged.
        * `censored`: the number of seeds that never got to where the metric is taken.

    Source of the interquartile mean: Agarwal et al. (2021), Deep reinforcement learning at the edge
    of the statistical precipice.
    """
    keys = ["experiment", "variant", *grid_axes(metrics), "metric"]
    groups = metrics.groupby(keys, sort=False)
    # Sorted, so that the order of seeds does not change the last bit of a sum.
    samples = [np.sort(group["value"].dropna().to_numpy(float)) for _, group in groups]
    intervals = mean_intervals(samples)
    described = pd.DataFrame([_describe(sample) for sample in samples])
    summary = pd.DataFrame([key for key, _ in groups], columns=keys).join(described[["n"]])
    summary[["mean", "iqm"]] = described[["mean", "iqm"]]
    summary[["ci_low", "ci_high"]] = intervals
    summary[["min", "max"]] = described[["min", "max"]]
    straight = (np.sort(group["straight"].dropna().to_numpy(float)) for _, group in groups)
    summary["straight"] = [sample.mean() if len(sample) else np.nan for sample in straight]
    flags = groups[["diverged", "censored"]].sum()
    for flag in flags:
        summary[flag] = flags[flag].to_numpy(int)
    return summary


def curves(histories: pd.DataFrame) -> pd.DataFrame:
    """The mean of each metric over the seeds at each evaluation point, with its 95% t interval.

        mean ± t_{0.975, n - 1} s / sqrt(n),  s² = sum (x - mean)² / (n - 1)

    A bootstrap interval of every point would take minutes where this takes a moment; claims and
    summaries have theirs. Limits of an accuracy are kept between 0 and 1. A seed that diverged has
    no values after that and is not counted; with fewer than two there is no interval (NaN).

    Args:
        histories: the table of `read_histories`.

    Returns:
        One row per cell, evaluation point and metric, cells in the order of the plan: `cell` (its
        place in the plan, from 0), `variant`, the grid axes as text, `update`, `epoch`, `metric`
        (`train_accuracy` ... `test_loss`, `gap`), `n`, `mean`, `low`, `high`, and `seeds`: the
        values of all seeds, in their order, in float32, NaN where one has none.
    """
    if histories.empty:  # measurements without learning curves
        columns = ["cell", "variant", *grid_axes(histories), "update", "epoch", "metric", "n"]
        return pd.DataFrame(columns=[*columns, "mean", "low", "high", "seeds"])
    axes = grid_axes(histories)
    places = ["variant", *axes]
    cell = histories.groupby(places, sort=False, dropna=False).ngroup().rename("cell")
    points = ["cell", "update", "epoch"]
    rows = histories.assign(cell=cell).set_index([*points, "seed", "split"])
    values: dict[str, pd.Series[float]] = {}
    for quantity in ("accuracy", "loss"):
        by_split = rows[quantity].unstack("split")
        values |= {f"{split}_{quantity}": by_split[split] for split in by_split}
    values["gap"] = values["train_accuracy"] - values["test_accuracy"]
    tall = pd.concat(values, names=["metric"]).replace([np.inf, -np.inf], np.nan)
    groups = tall.groupby(level=[*points, "metric"])
    table = groups.agg(n="count", mean="mean", deviation="std").reset_index()
    half = table.pop("deviation") * _standard_errors(table["n"].to_numpy())
    table["low"], table["high"] = table["mean"] - half, table["mean"] + half
    bounded = table["metric"].str.endswith("_accuracy")
    table.loc[bounded, ["low", "high"]] = table.loc[bounded, ["low", "high"]].clip(0, 1)
    # In the order of the groups: both are sorted by cell, update, epoch and metric.
    wide = tall.unstack("seed").reorder_levels([*points, "metric"]).sort_index()
    table["seeds"] = pd.Series(list(wide.to_numpy(np.float32)))
    names = histories.assign(cell=cell).drop_duplicates("cell").set_index("cell")[places]
    for position, place in enumerate(places, start=1):
        table.insert(position, place, table["cell"].map(names[place].astype(str)))
    return table


def write_curves(table: pd.DataFrame, path: Path | str) -> None:
    """Write curves as Parquet."""
    with atomic(path, rows=len(table), columns=table.columns) as temporary:
        content = pa.Table.from_pandas(table, preserve_index=False)
        pq.write_table(content.replace_schema_metadata(None), temporary, compression="zstd")


def _describe(sample: NDArray[np.float64]) -> dict[str, float]:
    """Statistics of an ascending sample; NaN where it is empty."""
    if not len(sample):
        return {"n": 0, **dict.fromkeys(("mean", "iqm", "min", "max"), float("nan"))}
    tail = len(sample) // 4
    return {
        "n": len(sample),
        "mean": sample.mean(),
        "iqm": sample[tail : len(sample) - tail].mean(),
        "min": sample[0],
        "max": sample[-1],
    }


def _standard_errors(n: NDArray[np.int64]) -> NDArray[np.float64]:
    """Half the length of an interval of the mean of n values, in standard deviations."""
    freedom = np.where(n > 1, n - 1, np.nan)
    return special.stdtrit(freedom, (1 + CONFIDENCE) / 2) / np.sqrt(np.maximum(n, 1))
