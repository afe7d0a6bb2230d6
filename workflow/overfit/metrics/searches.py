"""Searches: scores and costs of trials, the best so far, and the importance of hyperparameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from overfit.metrics.table import METRICS

EACH = ["repeat", "trial"]
"""The keys that identify a trial."""
PER_KEY = 2
"""The fewest trials per key for which importance is computed."""
SAME = 1e-9
"""Costs that differ by less than this share of the largest are the same."""


def trial_scores(trials: pd.DataFrame, metric: str) -> pd.DataFrame:
    """One row per trial, ordered by repeat and number.

    Args:
        trials: the table of `read_trials`.
        metric: the metric that the search optimizes, such as `validation_accuracy`.

    Returns:
        The columns that are constant in a trial (`repeat`, `round`, `trial`, `budget`, `failed`,
        `diverged`, the searched keys), and, from its last evaluation, `epochs`, `score` (the
        metric), `loss` on the same split, and `test_score` (the same quantity on test images).
        Scores of a trial that diverged or failed are NaN.
    """
    split, quantity = metric.rsplit("_", 1)
    trials = trials.reset_index(drop=True)
    last = trials.loc[trials.groupby([*EACH, "split"])["update"].idxmax()]
    rows = last[last["split"] == split].set_index(EACH)
    test = last[last["split"] == "test"].set_index(EACH)[quantity]
    scores = rows.assign(score=rows[quantity], test_score=test).rename(columns={"epoch": "epochs"})
    return scores.drop(columns=["split", "accuracy", "update"]).sort_index().reset_index()


def costs(scores: pd.DataFrame, metric: str) -> pd.Series[float]:
    """The cost that a search minimizes: the score, or its negative if higher scores are better.

    Trials that diverged have an infinite cost.
    """
    sign = -1 if METRICS[metric].better == "higher" else 1
    return (sign * scores["score"]).where(~scores["diverged"], float("inf"))


def ranked_trials(trials: pd.DataFrame, metric: str) -> list[int]:
    """The numbers of the trials of the first repeat in a table, from the best to the worst.

    Ties are broken by the lower loss on the same split, then by the lower number. Trials that
    diverged come last, but for those that were not trained to the end and those that failed.

    Args:
        trials: the table of `read_trials`.
        metric: see `trial_scores`.
    """
    scores = trial_scores(trials[trials["repeat"] == trials["repeat"].min()], metric)
    ranked = scores.assign(
        cost=costs(scores, metric), short=scores["budget"] < 1, failed=scores["failed"].notna()
    ).sort_values(["failed", "short", "diverged", "cost", "loss", "trial"])
    return [int(trial) for trial in ranked["trial"]]


def incumbents(scores: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The best trial so far after each trial of each repeat, in the order of the trials.

    Only trials that were trained to the end can be best; what the others spent is counted. Ties are
    broken as in `ranked_trials`.

    Args:
        scores: the table of `trial_scores`.
        metric: see `trial_scores`.

    Returns:
        `repeat`, `trial`, what was spent so far as `trainings` to the end and as `epochs`, and the
        number, `score` and `test_score` of the `best` trial so far, -1 and NaN before there is one.
    """
    frames = []
    for repeat, rows in scores.groupby("repeat"):
        whole = (rows["budget"] == 1) & ~rows["diverged"]
        keys = zip(costs(rows, metric).where(whole, np.inf), rows["loss"], strict=True)
        best, found = (np.inf, np.inf), -1
        positions = []
        for position, key in enumerate(keys):
            if key < best and np.isfinite(key[0]):
                best, found = key, position
            positions.append(found)
        at = np.array(positions)
        values = rows[["score", "test_score"]].to_numpy()[at]
        values[at < 0] = np.nan
        frames.append(
            pd.DataFrame(
                {
                    "repeat": repeat,
                    "trial": rows["trial"].to_numpy(),
                    "trainings": rows["budget"].cumsum().to_numpy(),
                    "epochs": rows["epochs"].cumsum().to_numpy(),
                    "best": np.where(at < 0, -1, rows["trial"].to_numpy()[at]),
                    "score": values[:, 0],
                    "test_score": values[:, 1],
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def expected_incumbents(scores: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The best trial so far on average, where the order of the trials means nothing.

    A method that does not learn from its trials could have tried them in any order. Of n trials of
    which g did not diverge, trial j of these (0 is the best, by score and then by loss) is the best
    of the first k in a share C(n - 1 - j, k - 1) / C(n, k) of all n! orders. The means are over
    those orders in which one of the first k trials did not diverge.

    Args:
        scores: the table of `trial_scores`; all trials were trained to the end.
        metric: see `trial_scores`.

    Returns:
        The columns of `incumbents`, apart from `best`.
    """
    frames = []
    for repeat, rows in scores.groupby("repeat"):
        n, ranked = len(rows), _ranked(rows, metric)
        values, j = ranked[["score", "test_score"]].to_numpy(), np.arange(len(ranked))
        means = np.full((n, 2), np.nan)
        share = np.full(len(ranked), 1 / n)
        for k in range(1, n + 1) if len(ranked) else ():
            means[k - 1] = share @ values / share.sum()
            share *= (n - j - k) * (k + 1) / (k * max(n - k, 1))  # on to k + 1
        frames.append(
            pd.DataFrame(
                {
                    "repeat": repeat,
                    "trial": rows["trial"].to_numpy(),
                    "trainings": np.arange(1.0, n + 1),
                    "epochs": rows["epochs"].mean() * np.arange(1, n + 1),
                    "score": means[:, 0],
                    "test_score": means[:, 1],
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def anytime(scores: pd.DataFrame, metric: str, *, ordered: bool) -> pd.Series[float]:
    """The best score so far, averaged over what the trials of a search spend, by repeat.

    It is the area under the curve of `incumbents` divided by its length, from the first trial that
    was trained to the end and did not diverge. Where the order of the trials means nothing, it is
    the mean over all orders. With g trials that did not diverge, j of which are better than a
    trial, that trial's score has the weight (g + 1) / (g (j + 1) (j + 2)): trials that diverged
    don't count, because the curve begins after those that come first, and the others only delay
    each later trial by the same amount, on average.

    Args:
        scores: the table of `trial_scores`.
        metric: see `trial_scores`.
        ordered: whether trials depend on earlier ones, so that their order means something.

    Returns:
        A number for each repeat; NaN if all of its trials diverged.
    """
    found = {}
    if ordered:
        for repeat, curve in incumbents(scores, metric).groupby("repeat"):
            known = curve[curve["score"].notna()]
            spent = curve["trainings"].diff().fillna(curve["trainings"]).loc[known.index]
            area = (known["score"] * spent).sum()
            found[repeat] = area / spent.sum() if len(known) else math.nan
    else:
        for repeat, rows in scores.groupby("repeat"):
            ranked = _ranked(rows, metric)["score"].to_numpy()
            g, j = len(ranked), np.arange(len(ranked))
            weights = (g + 1) / (g * (j + 1) * (j + 2)) if g else j
            found[repeat] = float(weights @ ranked) if g else math.nan
    return pd.Series(found, dtype=float)


def _ranked(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The trials of a repeat that did not diverge, from the best to the worst."""
    ranked = rows.assign(cost=costs(rows, metric)).sort_values(["cost", "loss"], kind="stable")
    return ranked[np.isfinite(ranked["cost"])]


def smaller_searches(scores: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The best trials of smaller searches, into which independent trials are cut.

    The trials of each repeat are cut into as many searches of 1, 2, 4, ... trials as they make,
    without overlap.

    Args:
        scores: the table of `trial_scores` of a random search.
        metric: see `trial_scores`.

    Returns:
        One row per smaller search: its `size`, and the `score` and `test_score` of its best trial.
        A search all of whose trials diverged has NaN.

    Source: Bergstra and Bengio (2012), Random search for hyper-parameter optimization, section 3.
    """
    rows = []
    ranked = scores.assign(cost=costs(scores, metric))
    for _, repeat in ranked.groupby("repeat"):
        size = 1
        while size <= len(repeat):
            for start in range(0, len(repeat) - size + 1, size):
                best = repeat.iloc[start : start + size].sort_values(["cost", "loss"]).iloc[0]
                rows.append((size, best["score"], best["test_score"]))
            size *= 2
    return pd.DataFrame(rows, columns=["size", "score", "test_score"])


def importances(
    scores: pd.DataFrame,
    places: pd.DataFrame,
    choices: Mapping[str, int],
    metric: str,
) -> pd.DataFrame:
    """The share of the variance that each key explains on its own and with others, by fANOVA.

    A random forest predicts the cost from the key's places; the variance of its prediction over
    the space is divided among the keys; the shares of interactions are left out. Shares are
    scaled to a sum of 1. A trial that diverged costs as much as the worst of the others. Trials
    that were not trained to the end are left out.

    Args:
        scores: the table of `trial_scores`.
        places: the place of each trial on each key, one column per key: the position of a choice, a
            number between 0 and 1 otherwise; NaN where a condition did not hold.
        choices: how many values each key has that is a choice.
        metric: see `trial_scores`.

    Returns:
        One row per repeat, one column per key. A repeat with fewer trials than two per key, or all
        of whose trials cost the same, has nothing to explain, and no row.

    Source: Hutter, Hoos, Leyton-Brown (2014), An efficient approach for assessing hyperparameter
    importance; Optuna's implementation.
    """
    import optuna
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    keys = [str(key) for key in places]
    distributions: dict[str, Any] = {
        key: CategoricalDistribution(range(choices[key] + 1))
        if key in choices
        else FloatDistribution(0, 1)
        for key in keys
    }
    # Where a condition does not hold, a choice has one more value, and a range its middle.
    absent = {key: float(choices[key]) if key in choices else 0.5 for key in keys}
    filled = places.fillna(absent).astype(dict.fromkeys(choices, int))
    records: dict[Any, dict[str, Any]] = filled.to_dict(orient="index")  # type: ignore[assignment]
    found = {}
    for repeat, rows in scores[scores["budget"] == 1].groupby("repeat"):
        cost = costs(rows, metric)
        cost = cost.where(cost < math.inf, cost[cost < math.inf].max())
        spread = cost.max() - cost.min()
        if len(cost) < PER_KEY * len(keys) or not spread > SAME * cost.abs().max():
            continue
        unit = 2.0 ** math.floor(math.log2(spread))  # Optuna takes tiny variances for none
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
        for index, value in (cost / unit).items():
            study.add_trial(
                optuna.trial.create_trial(
                    params=records[index], distributions=distributions, value=value
                )
            )
        evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
        found[repeat] = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return pd.DataFrame.from_dict(found, orient="index", columns=keys)
