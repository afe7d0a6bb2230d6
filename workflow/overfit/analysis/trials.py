"""The trials of a search, best first."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd


def ranked_trials(trials: pd.DataFrame, objective: Mapping[str, str]) -> list[int]:
    """The numbers of the trials, from the best to the worst at their last evaluation.

    Ties are broken by the lower loss on the same split, then by the lower number. Trials that
    diverged come last.

    Args:
        trials: the table of `read_trials`.
        objective: `{maximize: metric}` or `{minimize: metric}`, where the metric is a split and a
            quantity, such as `validation_accuracy`.
    """
    ((direction, metric),) = objective.items()
    split, quantity = metric.rsplit("_", 1)
    rows = trials[trials["split"] == split]
    last = rows[rows["update"] == rows["update"].max()]
    cost = -last[quantity] if direction == "maximize" else last[quantity]
    ranked = last.assign(cost=cost).sort_values(["diverged", "cost", "loss", "trial"])
    return [int(trial) for trial in ranked["trial"]]
