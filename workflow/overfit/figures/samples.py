"""What stands behind a mean and its interval: the values of the seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from overfit.analysis.resampling import CONFIDENCE, mean_intervals
from overfit.analysis.tables import read_metrics
from overfit.wording import metric

DIVERGED = "diverged"
"""The share of seeds that diverged, shown as a metric."""

Place = tuple[str, Mapping[str, Any]]
"""A variant and its point on grid axes."""


@dataclass(frozen=True)
class Estimate:
    """A metric at a place, scaled for its axis.

    Attributes:
        seeds: (n,) the values of the seeds, ascending.
        low: lower end of the 95% interval of their mean; NaN for fewer than two.
        high: its upper end.
        diverged: how many seeds diverged there.
    """

    seeds: NDArray[np.float64]
    low: float
    high: float
    diverged: int

    @property
    def mean(self) -> float:
        """The mean; NaN without seeds."""
        return float(self.seeds.mean()) if len(self.seeds) else float("nan")


def metrics_of(plan: Mapping[str, Any], results: Path) -> pd.DataFrame:
    """The metrics of an experiment."""
    return read_metrics(results / "experiments" / plan["experiment"] / "metrics.csv")


def variants_of(plan: Mapping[str, Any], figure: Mapping[str, Any]) -> list[str]:
    """The variants that a figure shows, in order; all of the plan by default."""
    return list(figure["options"].get("variants") or plan["variants"])


def estimates(
    metrics: pd.DataFrame, name: str, places: Sequence[Place], *, minus: str | None = None
) -> list[Estimate]:
    """A metric at places, or its difference from the variant `minus` there, seed by seed.

    A seed that has no value on either side is left out. The interval of a mean is that of
    `mean_intervals`; that of the share of diverged seeds is Wilson's.
    """
    factor = metric(name).factor
    samples: list[NDArray[np.float64]] = []
    counts = []
    for variant, at in places:
        values = by_seed(metrics, name, variant, at)
        if minus:
            values = values - by_seed(metrics, name, minus, at)
        samples.append(np.sort(values.dropna().to_numpy(np.float64)))
        counts.append(int((by_seed(metrics, DIVERGED, variant, at) > 0).sum()))
    if name == DIVERGED and not minus:
        intervals = np.array([_share_interval(sample) for sample in samples]).reshape(-1, 2)
    else:
        intervals = mean_intervals(samples)
    return [
        Estimate(factor * sample, factor * low, factor * high, count)
        for sample, (low, high), count in zip(samples, intervals, counts, strict=True)
    ]


def by_seed(
    metrics: pd.DataFrame, name: str, variant: str, at: Mapping[str, Any]
) -> pd.Series[float]:
    """The values of a metric by seed, averaged over the axes that `at` doesn't name.

    A seed without a value at one of their points has none.
    """
    chosen = metrics["variant"] == variant
    for axis, point in at.items():
        chosen &= metrics[axis] == point
    rows = metrics[chosen]
    if name == DIVERGED:
        first = rows[rows["metric"] == metrics["metric"].iloc[0]]
        return first["diverged"].astype(float).groupby(first["seed"]).mean()
    groups = rows[rows["metric"] == name].groupby("seed")["value"]
    return groups.mean().where(groups.count() == groups.size())


def diverged_note(metrics: pd.DataFrame, variant: str, at: Mapping[str, Any] | None = None) -> str:
    """What to add to the name of a variant if seeds of it diverged."""
    count = int((by_seed(metrics, DIVERGED, variant, at or {}) > 0).sum())
    return f"\n({count} diverged)" if count else ""


def _share_interval(sample: NDArray[np.float64]) -> tuple[float, float]:
    from scipy import stats

    if not len(sample):
        return float("nan"), float("nan")
    test = stats.binomtest(int((sample > 0).sum()), len(sample))
    interval = test.proportion_ci(CONFIDENCE, method="wilson")
    return float(interval.low), float(interval.high)
