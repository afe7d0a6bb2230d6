"""How much of the variance of scores each hyperparameter explains."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from overfit.metrics.trials import costs


def importances(
    scores: pd.DataFrame,
    places: pd.DataFrame,
    choices: Mapping[str, int],
    objective: Mapping[str, str],
) -> pd.DataFrame:
    """The share of the variance that each key explains on its own and with others, by fANOVA.

    A random forest predicts the cost from the key's places; the variance of its prediction over
    the space is divided among the keys, and what is left to pairs and more is left out. Shares are
    scaled to a sum of 1. A trial that diverged costs as much as the worst of the others. Trials
    that were not trained to the end are left out.

    Args:
        scores: the table of `trial_scores`.
        places: the place of each trial on each key, a column a key: the position of a choice, a
            number between 0 and 1 otherwise; NaN where a condition did not hold.
        choices: how many values each key has that is a choice.
        objective: see `trial_scores`.

    Returns:
        A row a repeat, a column a key.

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
        cost = costs(rows, objective)
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
        for index, value in cost.where(cost < math.inf, cost[cost < math.inf].max()).items():
            study.add_trial(
                optuna.trial.create_trial(
                    params=records[index], distributions=distributions, value=value
                )
            )
        evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
        found[repeat] = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return pd.DataFrame.from_dict(found, orient="index").reindex(columns=keys)
