"""Importances of hyperparameters are those of Optuna's evaluator, which takes far longer."""

import numpy as np
import optuna
import pandas as pd
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.importance import FanovaImportanceEvaluator, get_param_importances

from overfit.analysis.fanova import shares_alone
from overfit.analysis.importance import importances

OBJECTIVE = {"minimize": "validation_loss"}
CHOICES = {"kind": 3, "a switch": 2}


def searched(trials: int, repeat: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores of trials of one repeat, and their places: two ranges, two choices, a condition."""
    rng = np.random.default_rng(seed)
    places = pd.DataFrame(
        {
            "rate": rng.random(trials),
            "kind": rng.integers(0, 3, trials).astype(float),
            "l2": rng.random(trials),
            "a switch": rng.integers(0, 2, trials),
        }
    )
    places.loc[places["kind"] == 2, "l2"] = np.nan
    places.loc[places["a switch"] == 0, "kind"] = np.nan
    score = (places["rate"] - 0.3) ** 2 + 0.1 * places["kind"].fillna(4) * places["l2"].fillna(0.5)
    scores = pd.DataFrame({"repeat": repeat, "score": score, "budget": 1.0, "diverged": False})
    scores.loc[rng.choice(trials, 2), "diverged"] = True
    return scores, places


def by_optuna(scores: pd.DataFrame, places: pd.DataFrame) -> dict[str, float]:
    study = optuna.create_study()
    worst = scores.loc[~scores["diverged"], "score"].max()
    for i, row in places.iterrows():
        params = {
            key: int(row[key] if row[key] == row[key] else CHOICES[key])
            if key in CHOICES
            else float(row[key] if row[key] == row[key] else 0.5)
            for key in places
        }
        value = worst if scores.loc[i, "diverged"] else scores.loc[i, "score"]
        distributions = {
            key: CategoricalDistribution(range(CHOICES[key] + 1))
            if key in CHOICES
            else FloatDistribution(0, 1)
            for key in places
        }
        study.add_trial(
            optuna.trial.create_trial(params=params, distributions=distributions, value=value)
        )
    return get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=0))


def test_of_ranges_choices_and_conditions() -> None:
    drawn = [searched(40, repeat, seed=repeat) for repeat in (0, 1)]
    scores = pd.concat([one for one, _ in drawn], ignore_index=True)
    places = pd.concat([one for _, one in drawn], ignore_index=True)
    found = importances(scores, places, CHOICES, OBJECTIVE)
    assert list(found) == list(places)
    assert found.index.tolist() == [0, 1]
    for repeat, (own_scores, own_places) in enumerate(drawn):
        expected = by_optuna(own_scores, own_places)
        assert found.loc[repeat].to_dict() == pytest.approx(expected, rel=1e-9)
    assert found["rate"].mean() > 0.2


def test_short_trials_count_for_nothing() -> None:
    scores, places = searched(30, 0, seed=5)
    scores["budget"] = np.where(np.arange(30) < 20, 1.0, 0.5)
    found = importances(scores, places, CHOICES, OBJECTIVE)
    alone = importances(scores[:20], places[:20], CHOICES, OBJECTIVE)
    pd.testing.assert_frame_equal(found, alone)


def test_an_input_that_nothing_depends_on_explains_nothing_and_equal_costs_all_alike() -> None:
    x = np.random.default_rng(0).random((200, 2))
    shares = shares_alone(x, np.sin(3 * x[:, 0]), [[0], [1]])
    assert shares[0] > 0.95
    assert shares[1] < 0.01
    scores, places = searched(10, 0, seed=1)
    found = importances(scores.assign(score=1.0, diverged=False), places, CHOICES, OBJECTIVE)
    assert found.loc[0].tolist() == [0.25] * 4
