"""Trials of searches: their scores and ranks, the best so far, importances."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overfit.metrics.searches import (
    anytime,
    costs,
    expected_incumbents,
    importances,
    incumbents,
    ranked_trials,
    smaller_searches,
    trial_scores,
)


def trials(rows: dict[int, tuple[float, float, bool]]) -> pd.DataFrame:
    """Trials with the given last validation accuracy, loss and divergence."""
    frames = []
    for trial, (accuracy, loss, diverged) in rows.items():
        for split in ("train", "validation", "test"):
            frames.append(
                pd.DataFrame(
                    {
                        "repeat": 0,
                        "round": 0,
                        "trial": trial,
                        "budget": 1.0,
                        "failed": None,
                        "epoch": [0.0, 5.0],
                        "update": [0, 50],
                        "split": split,
                        "loss": [9.0, np.nan if diverged else loss],
                        "accuracy": [0.99, np.nan if diverged else accuracy],
                        "diverged": diverged,
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


MIXED = trials(
    {
        4: (0.8, 0.5, False),
        0: (0.7, 0.9, False),
        3: (0.8, 0.4, False),
        1: (0.0, 0.0, True),
        2: (0.8, 0.5, False),
    }
)


def test_trials_are_ranked_by_score_then_loss_then_number_and_diverged_last() -> None:
    assert ranked_trials(MIXED, "validation_accuracy") == [3, 2, 4, 0, 1]


def test_trials_are_ranked_by_a_loss_to_minimize() -> None:
    assert ranked_trials(MIXED, "validation_loss") == [3, 2, 4, 0, 1]


def test_other_repeats_and_trials_that_were_cut_short_are_not_ranked_above_the_whole_ones() -> None:
    again = MIXED.assign(repeat=1, accuracy=1.0)
    short = trials({9: (1.0, 0.0, False)}).assign(budget=0.3)
    table = pd.concat([again, short, MIXED])
    assert ranked_trials(table, "validation_accuracy") == [3, 2, 4, 0, 1, 9]


def test_trials_with_different_numbers_of_updates_are_compared_at_their_own_ends() -> None:
    """As where the batch size is searched for."""
    long = trials({7: (0.9, 0.1, False)})
    long["update"] *= 2
    scores = trial_scores(pd.concat([MIXED, long]), "validation_accuracy")
    assert ranked_trials(pd.concat([MIXED, long]), "validation_accuracy")[0] == 7
    assert dict(zip(scores["trial"], scores["score"], strict=True)) == pytest.approx(
        {0: 0.7, 1: np.nan, 2: 0.8, 3: 0.8, 4: 0.8, 7: 0.9}, nan_ok=True
    )
    assert scores["test_score"].tolist() == pytest.approx(scores["score"].tolist(), nan_ok=True)
    assert set(scores["epochs"]) == {5.0}


def test_costs_are_low_for_good_trials_and_infinite_for_diverged_ones() -> None:
    for metric, best in (
        ("validation_accuracy", -0.8),
        ("validation_loss", 0.4),
    ):
        found = costs(trial_scores(MIXED, metric), metric)
        assert found.min() == best
        assert found[1] == np.inf


HIGH = "validation_accuracy"
LOW = "validation_loss"


def scores(values, *, repeat=0, budget=None, diverged=(), test=None, loss=None) -> pd.DataFrame:
    n = len(values)
    return pd.DataFrame(
        {
            "repeat": repeat,
            "trial": range(n),
            "budget": budget or [1.0] * n,
            "epochs": [50.0 * share for share in budget or [1.0] * n],
            "score": [np.nan if i in diverged else v for i, v in enumerate(values)],
            "loss": loss or [1.0] * n,
            "test_score": test or [v - 0.1 for v in values],
            "diverged": [i in diverged for i in range(n)],
        }
    )


def test_the_best_so_far_never_gets_worse_and_its_test_score_is_that_of_the_same_trial() -> None:
    table = scores([0.5, 0.7, 0.6, 0.9], test=[0.1, 0.2, 0.3, 0.15])
    found = incumbents(table, HIGH)
    assert found["score"].tolist() == [0.5, 0.7, 0.7, 0.9]
    assert found["test_score"].tolist() == [0.1, 0.2, 0.2, 0.15]
    assert found["trainings"].tolist() == [1, 2, 3, 4]
    assert found["epochs"].tolist() == [50, 100, 150, 200]
    assert incumbents(table, LOW)["score"].tolist() == [0.5] * 4


def test_ties_go_to_the_lower_loss_then_to_the_earlier_trial() -> None:
    table = scores([0.5, 0.5, 0.5], test=[0.1, 0.2, 0.3], loss=[1.0, 0.9, 0.9])
    assert incumbents(table, HIGH)["test_score"].tolist() == [0.1, 0.2, 0.2]


def test_diverged_and_shortened_trials_are_paid_for_and_never_best() -> None:
    table = scores([0.9, 0.8, 0.3, 0.4], budget=[1.0, 0.5, 1.0, 1.0], diverged=[0])
    found = incumbents(table, HIGH)
    assert found["trainings"].tolist() == [1.0, 1.5, 2.5, 3.5]
    assert found["score"].tolist() == pytest.approx([np.nan, np.nan, 0.3, 0.4], nan_ok=True)


def test_repeats_are_searches_of_their_own() -> None:
    table = pd.concat([scores([0.5, 0.7]), scores([0.1, 0.6], repeat=1)], ignore_index=True)
    assert incumbents(table, HIGH)["score"].tolist() == [0.5, 0.7, 0.1, 0.6]


FEW = st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=4)
"""Scores in tenths, and whether a trial diverged."""


@settings(max_examples=25, deadline=None)
@given(FEW, st.sampled_from([HIGH, LOW]))
def test_where_the_order_means_nothing_the_best_so_far_is_the_mean_over_all_orders(drawn, metric):
    """Brute force: every order of up to four trials, of which some tie and some diverge."""
    values = [value / 10 for value, _ in drawn]
    lost = [i for i, (_, diverged) in enumerate(drawn) if diverged]
    table = scores(values, diverged=lost, loss=[1.0 + 0.01 * i for i in range(len(values))])
    orders = [
        table.iloc[list(order)].assign(repeat=number)
        for number, order in enumerate(permutations(range(len(values))))
    ]
    each = incumbents(pd.concat(orders, ignore_index=True), metric)
    each["place"] = each.groupby("repeat").cumcount()
    found = expected_incumbents(table, metric)
    for column in ("score", "test_score"):
        means = each.groupby("place")[column].mean()  # over the orders that have found something
        assert found[column].tolist() == pytest.approx(means.tolist(), nan_ok=True)
    areas = anytime(pd.concat(orders, ignore_index=True), metric, ordered=True)
    assert anytime(table, metric, ordered=False)[0] == pytest.approx(areas.mean(), nan_ok=True)


def test_the_best_so_far_of_many_independent_trials_is_the_expected_maximum_of_so_many():
    """The expected maximum of k uniform draws is k / (k + 1); nothing overflows with 900."""
    values = np.random.default_rng(3).uniform(size=900)
    found = expected_incumbents(scores(list(values)), HIGH)["score"].to_numpy()
    k = np.array([1, 3, 9])
    assert found[k - 1] == pytest.approx(k / (k + 1), abs=0.02)
    assert found[-1] == values.max()


def test_trials_are_cut_into_smaller_searches_without_overlap() -> None:
    values = [0.1, 0.9, 0.3, 0.4, 0.8, 0.2, 0.7]
    found = smaller_searches(scores(values), HIGH).groupby("size")["score"].apply(list).to_dict()
    assert found == {1: values, 2: [0.9, 0.4, 0.8], 4: [0.9]}
    worst = smaller_searches(scores(values), LOW).groupby("size")["score"].apply(list).to_dict()
    assert worst == {1: values, 2: [0.1, 0.3, 0.2], 4: [0.1]}


def test_larger_searches_find_more_as_the_maximum_of_so_many_draws() -> None:
    """The expected maximum of n uniform draws is n / (n + 1)."""
    rng = np.random.default_rng(0)
    table = pd.concat(
        [scores(list(rng.random(64)), repeat=repeat) for repeat in range(60)], ignore_index=True
    )
    found = smaller_searches(table, HIGH).groupby("size")["score"].mean()
    wanted = {size: size / (size + 1) for size in (1, 2, 4, 8, 16, 32, 64)}
    assert found.to_dict() == pytest.approx(wanted, abs=0.015)


def test_importance_is_the_share_of_the_variance_that_a_key_explains() -> None:
    """Of x + y / 2, 4 / 5 of the variance is x's and 1 / 5 is y's; z does nothing."""
    rng = np.random.default_rng(0)
    places = pd.DataFrame(rng.random((400, 3)), columns=["x", "y", "z"])
    table = scores(list(places["x"] + places["y"] / 2))
    found = importances(table, places, {}, HIGH)
    assert found.index.tolist() == [0]
    assert found.iloc[0].to_dict() == pytest.approx({"x": 0.8, "y": 0.2, "z": 0.0}, abs=0.04)


def test_choices_conditions_divergence_and_repeats_have_importances_too() -> None:
    rng = np.random.default_rng(0)
    kind = pd.Series(rng.integers(0, 2, 200), dtype=float)
    rate = pd.Series(rng.random(200)).where(kind == 1)
    one = scores(list(kind + 0.1 * rate.fillna(0)), diverged=[3])
    table = pd.concat([one, one.assign(repeat=1)], ignore_index=True)
    places = pd.concat([pd.DataFrame({"kind": kind, "rate": rate})] * 2, ignore_index=True)
    found = importances(table, places, {"kind": 2}, HIGH)
    assert found.index.tolist() == [0, 1]
    assert (found["kind"] > 0.9).all()
    assert found.sum(axis=1).tolist() == pytest.approx([1, 1])
