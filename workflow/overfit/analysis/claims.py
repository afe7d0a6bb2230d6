"""Claims: what the seeds say about the statements of an experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from overfit.analysis.resampling import mean_intervals, sign_flip_p
from overfit.analysis.verdict import verdict

COLUMNS = (
    "experiment",
    "claim",
    "says",
    "metric",
    "estimate",
    "ci_low",
    "ci_high",
    "margin",
    "n",
    "p",
    "verdict",
)


def decide(claims: Sequence[Mapping[str, Any]], metrics: pd.DataFrame) -> pd.DataFrame:
    """Decide on the claims of one experiment.

    The unit of replication is the seed. A claim about a `difference` compares two variants seed by
    seed; one about a `level` compares a variant with a constant.

    Args:
        claims: the claims of the experiment's plan.
        metrics: the table of `metrics` of the same experiment.

    Returns:
        One row a claim, in their order: experiment, claim, says, metric, then

        * `estimate`: the mean difference over n seeds, in the metric's unit;
        * `ci_low`, `ci_high`: its 95% bootstrap interval, see `mean_intervals`;
        * `margin`: the smallest difference of interest;
        * `n`: seeds that have a value on both sides; with fewer than two there is no interval;
        * `p`: of the two-sided sign-flip test that the difference is symmetric about 0; it knows
          nothing of the margin;
        * `verdict`: see `verdict.verdict`.
    """
    rows = [_row(claim, metrics) for claim in claims]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def adjust(claims: pd.DataFrame) -> pd.DataFrame:
    """Add `p_adjusted` beside `p`: Holm's step-down correction over all rows.

    With p sorted ascending, `p_adjusted_i = max_{j <= i} min(1, (m - j + 1) p_j)`. Claims without a
    p-value were not tested and don't count in m.

    Source: Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    p = claims["p"].to_numpy(float)
    tested = np.flatnonzero(~np.isnan(p))
    ascending = tested[np.argsort(p[tested], kind="stable")]
    factors = np.arange(len(ascending), 0, -1)
    adjusted = np.full(len(p), np.nan)
    adjusted[ascending] = np.maximum.accumulate(np.minimum(1.0, factors * p[ascending]))
    with_adjusted = claims.copy()
    with_adjusted.insert(list(claims.columns).index("p") + 1, "p_adjusted", adjusted)
    return with_adjusted


def paired_differences(metrics: pd.DataFrame, test: Mapping[str, Any]) -> NDArray[np.float64]:
    """The differences that a test is about, one for each seed with a value on both sides.

    `at` picks points on grid axes; over the axes that it doesn't name, a seed's metric is averaged,
    and a seed without a value at one of their points has no average.

    Args:
        metrics: the table of `metrics` of one experiment.
        test: `{difference: metric, of: variant, minus: variant}` or
            `{level: metric, of: variant, value: constant}`, and maybe `at`.

    Returns:
        (n,) differences, ascending, in the metric's unit.
    """
    name = metric_of(test)
    at = test.get("at", {})
    of = _by_seed(metrics, name, test["of"], at)
    other = _by_seed(metrics, name, test["minus"], at) if "difference" in test else test["value"]
    return np.sort((of - other).dropna().to_numpy(float))


def metric_of(test: Mapping[str, Any]) -> str:
    """The metric that a test is about."""
    return str(test["difference"] if "difference" in test else test["level"])


def _row(claim: Mapping[str, Any], metrics: pd.DataFrame) -> dict[str, Any]:
    test = claim["test"]
    differences = paired_differences(metrics, test)
    low, high = mean_intervals([differences])[0]
    return {
        "experiment": metrics["experiment"].iloc[0],
        "claim": claim["id"],
        "says": claim["says"],
        "metric": metric_of(test),
        "estimate": differences.mean() if len(differences) else np.nan,
        "ci_low": low,
        "ci_high": high,
        "margin": test["margin"],
        "n": len(differences),
        "p": sign_flip_p(differences),
        "verdict": verdict(low, high, margin=test["margin"], expect=test["expect"]),
    }


def _by_seed(
    metrics: pd.DataFrame, metric: str, variant: str, at: Mapping[str, Any]
) -> pd.Series[float]:
    chosen = (metrics["metric"] == metric) & (metrics["variant"] == variant)
    for axis, point in at.items():
        chosen &= metrics[axis] == point
    by_seed = metrics[chosen].groupby("seed")["value"]
    return by_seed.mean().where(by_seed.count() == by_seed.size())
