"""The best trial of a search."""

from __future__ import annotations

import pandas as pd


def best_trial(history: pd.DataFrame, metric: str, *, maximize: bool) -> int:
    """The number of the trial whose `metric` is best at its last evaluation.

    Accuracy on a small validation set ties often: then the lower loss on the same split decides,
    then the lower number. A diverged trial is worse than any other.

    Args:
        history: rows of all trials: trial, update, split, loss, accuracy, diverged.
        metric: a split and a quantity, such as `validation_accuracy`.
        maximize: whether more is better.

    Raises:
        ValueError: every trial diverged.
    """
    split, quantity = metric.rsplit("_", 1)
    rows = history[(history["split"] == split) & ~history["diverged"]]
    last = rows[rows["update"] == rows["update"].max()].copy()
    if last.empty:
        raise ValueError("every trial diverged; widen the space towards smaller learning rates")
    last["score"] = last[quantity] * (-1 if maximize else 1)
    return int(last.sort_values(["score", "loss", "trial"])["trial"].iloc[0])
