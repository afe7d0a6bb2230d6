"""Metrics of searches: one number a repeat, recomputed here trial by trial."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from overfit.claims.claim import Claim
from overfit.claims.table import decide
from overfit.metrics.measuring import metrics, of_repeats, with_repeats
from overfit.metrics.summary import summarize
from overfit.metrics.table import SEARCH_METRICS
from tests.metrics.tables import experiment

HIGH = "validation_accuracy"
LOW = "validation_loss"


def trials(scores: dict[int, list[float]], *, budget=None, diverged=()) -> pd.DataFrame:
    """Trials of each repeat with these validation accuracies; test accuracies are 0.1 lower."""
    rows = []
    for repeat, values in scores.items():
        for trial, value in enumerate(values):
            lost = (repeat, trial) in diverged
            for split, less in (("train", -0.1), ("validation", 0.0), ("test", 0.1)):
                for update in (0, 50):
                    end = value - less if update else 0.1
                    rows.append(
                        {
                            "repeat": repeat,
                            "round": 0,
                            "trial": trial,
                            "budget": budget[trial] if budget else 1.0,
                            "failed": None,
                            "epoch": float(update),
                            "update": update,
                            "split": split,
                            "loss": np.nan if lost and update else 1 - end,
                            "accuracy": np.nan if lost and update else end,
                            "diverged": lost,
                        }
                    )
    return pd.DataFrame(rows)


def test_each_repeat_has_the_numbers_of_its_best_trial() -> None:
    found = of_repeats(trials({0: [0.5, 0.8, 0.7], 1: [0.6, 0.4, 0.5]}), HIGH)
    assert set(found) == {"repeat", *SEARCH_METRICS}
    assert found["search.validation_accuracy"].tolist() == pytest.approx([0.8, 0.6])
    assert found["search.test_accuracy"].tolist() == pytest.approx([0.7, 0.5])
    assert found["search.test_loss"].tolist() == pytest.approx([0.3, 0.5])
    assert found["search.gap"].tolist() == pytest.approx([0.1, 0.1])


def test_a_loss_to_minimize_chooses_by_the_loss() -> None:
    table = trials({0: [0.5, 0.8, 0.7]})
    odd = (table["trial"] == 2) & (table["split"] == "validation") & (table["update"] == 50)
    table.loc[odd, "loss"] = 0.01
    found = of_repeats(table, LOW).iloc[0]
    assert found["search.validation_loss"] == pytest.approx(0.01)
    assert found["search.test_accuracy"] == pytest.approx(0.6)


def test_anytime_is_the_mean_of_the_best_score_so_far() -> None:
    found = of_repeats(trials({0: [0.5, 0.8, 0.7, 0.9]}), HIGH).iloc[0]
    assert found["search.anytime"] == pytest.approx((0.5 + 0.8 + 0.8 + 0.9) / 4)


def test_anytime_weighs_trials_by_what_they_spend_from_the_first_whole_one() -> None:
    """A shortened trial is never best; those before the first whole one have no best yet."""
    table = trials({0: [0.9, 0.5, 0.9, 0.8]}, budget=[0.5, 1.0, 0.5, 1.0])
    found = of_repeats(table, HIGH).iloc[0]
    assert found["search.anytime"] == pytest.approx((1.0 * 0.5 + 0.5 * 0.5 + 1.0 * 0.8) / 2.5)
    assert found["search.validation_accuracy"] == pytest.approx(0.8)


def test_the_order_in_which_a_method_without_memory_lists_its_trials_changes_nothing() -> None:
    one, other = trials({0: [0.5, 0.8, 0.7, 0.9]}), trials({0: [0.9, 0.7, 0.8, 0.5]})
    found = [of_repeats(table, HIGH, ordered=False).iloc[0] for table in (one, other)]
    assert found[0]["search.anytime"] == pytest.approx(found[1]["search.anytime"])
    # (4 + 1) / 4 / ((j + 1) (j + 2)) for j = 0, 1, 2, 3
    weighted = 1.25 * (0.9 / 2 + 0.8 / 6 + 0.7 / 12 + 0.5 / 20)
    assert found[0]["search.anytime"] == pytest.approx(weighted)


def test_a_diverged_trial_is_not_best_and_a_repeat_of_them_has_no_value() -> None:
    table = trials({0: [0.9, 0.5], 1: [0.9, 0.8]}, diverged=[(0, 0), (1, 0), (1, 1)])
    found = of_repeats(table, HIGH)
    assert found["search.validation_accuracy"].tolist() == pytest.approx([0.5, np.nan], nan_ok=True)
    assert found["search.anytime"].isna().tolist() == [False, True]


def study(repeats: int) -> pd.DataFrame:
    """Two searches; in each repeat the second finds 0.05 more."""
    rng = np.random.default_rng(1)
    scores = {r: [float(v) for v in rng.uniform(0.3, 0.8, 6)] for r in range(repeats)}
    more = {r: [v + 0.05 for v in values] for r, values in scores.items()}
    search = SimpleNamespace(objective=SimpleNamespace(metric=HIGH), sequential=True)
    searched = experiment([], name="methods", searches={"one": search, "two": search})
    histories = pd.concat(
        pd.DataFrame(
            {
                "experiment": "methods",
                "variant": variant,
                "seed": seed,
                "update": 50,
                "epoch": 5.0,
                "split": ["train", "validation", "test"],
                "loss": 0.1,
                "accuracy": 0.9,
                "diverged": False,
            }
        )
        for variant in ("one", "two")
        for seed in range(3)
    )
    names = ["search.anytime", "search.test_accuracy"]
    found = {"one": trials(scores), "two": trials(more)}
    return with_repeats(metrics(histories), names, searched, found)


def test_they_stand_beside_the_metrics_of_seeds_with_an_n_of_their_own() -> None:
    table = study(repeats=7)
    summary = summarize(table).set_index(["variant", "metric"])
    assert summary.loc[("one", "search.test_accuracy"), "n"] == 7
    assert summary.loc[("one", "test_accuracy"), "n"] == 3
    assert set(table.loc[table["metric"] == "search.anytime", "seed"]) == set(range(7))


def test_claims_are_decided_over_repeats_in_pairs() -> None:
    """Searches differ far more between repeats than from each other: only pairs show it."""
    table = study(repeats=7)
    test = {"difference": "search.test_accuracy", "of": "two", "minus": "one", "expect": "above"}
    claim = Claim.model_validate({"id": "c", "says": "More.", "test": {**test, "margin": 0.04}})
    (row,) = decide([claim], table).to_dict("records")
    assert (row["n"], row["verdict"]) == (7, "supported")
    assert row["estimate"] == pytest.approx(0.05)
    assert row["ci_high"] - row["ci_low"] < 1e-9
