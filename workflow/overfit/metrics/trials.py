"""The trials of a search: what each scored and what it spent."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

EACH = ["repeat", "trial"]
"""What tells trials apart."""


def trial_scores(trials: pd.DataFrame, objective: Mapping[str, str]) -> pd.DataFrame:
    """A row a trial, ordered by repeat and number.

    Args:
        trials: the table of `read_trials`.
        objective: `{maximize: metric}` or `{minimize: metric}`, where the metric is a split and a
            quantity, such as `validation_accuracy`.

    Returns:
        The columns that are constant in a trial (`repeat`, `round`, `trial`, `budget`, `diverged`,
        the searched keys), and, from its last evaluation, `epochs`, `score` (the metric), `loss`
        on the same split, and `test_score` (the same quantity on test images). Scores of a trial
        that diverged are NaN.
    """
    ((_, metric),) = objective.items()
    split, quantity = metric.rsplit("_", 1)
    trials = trials.reset_index(drop=True)
    last = trials.loc[trials.groupby([*EACH, "split"])["update"].idxmax()]
    rows = last[last["split"] == split].set_index(EACH)
    test = last[last["split"] == "test"].set_index(EACH)[quantity]
    scores = rows.assign(score=rows[quantity], test_score=test).rename(columns={"epoch": "epochs"})
    return scores.drop(columns=["split", "accuracy", "update"]).sort_index().reset_index()


def costs(scores: pd.DataFrame, objective: Mapping[str, str]) -> pd.Series[float]:
    """What a search wants low: the score, or its negative; infinite for trials that diverged."""
    sign = -1 if "maximize" in objective else 1
    return (sign * scores["score"]).where(~scores["diverged"], float("inf"))


def ranked_trials(trials: pd.DataFrame, objective: Mapping[str, str]) -> list[int]:
    """The numbers of the trials of the first repeat, from the best to the worst.

    Ties are broken by the lower loss on the same split, then by the lower number. Trials that
    diverged come last, but for those that were not trained to the end.

    Args:
        trials: the table of `read_trials`.
        objective: see `trial_scores`.
    """
    scores = trial_scores(trials[trials["repeat"] == 0], objective)
    ranked = scores.assign(cost=costs(scores, objective), short=scores["budget"] < 1).sort_values(
        ["short", "diverged", "cost", "loss", "trial"]
    )
    return [int(trial) for trial in ranked["trial"]]
