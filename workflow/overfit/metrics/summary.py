"""Summaries over seeds."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from overfit.claims.resampling import mean_intervals
from overfit.metrics.tables import grid_axes


def summarize(metrics: pd.DataFrame) -> pd.DataFrame:
    """Summarize each metric of each variant and grid point over its seeds.

    Args:
        metrics: the table of `metrics`.

    Returns:
        One row a metric: experiment, variant, the grid axes, metric, then

        * `n`: seeds with a value. A seed that diverged has no loss and no gap.
        * `mean`, `min`, `max` of the n values, in the metric's unit.
        * `iqm`: the interquartile mean, the mean without the lowest and the highest n // 4 values.
        * `ci_low`, `ci_high`: the 95% bootstrap interval of the mean, see `mean_intervals`.
        * `diverged`: the number of seeds that diverged.
        * `censored`: of `updates_to_90`, the number of seeds that never got there.

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
    flags = groups[["diverged", "censored"]].sum()
    for flag in flags:
        summary[flag] = flags[flag].to_numpy(int)
    return summary


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
