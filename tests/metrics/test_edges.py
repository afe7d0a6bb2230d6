"""Searches that end at the edge of what they tried: found where it is so, rarely by chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter
from scipy import stats

from overfit.claims.claim import Claim
from overfit.claims.table import decide
from overfit.claims.verdict import corrected_by, reason
from overfit.metrics.edges import at_least, edges
from overfit.search.dimensions import AnyDimension
from tests.metrics.tables import metric_table as samples_table

DIMENSION = TypeAdapter(AnyDimension)
LR = {"log_uniform": [0.01, 0.3]}
ACCURACY = "validation_accuracy"


def space(**dimensions):
    return {key: DIMENSION.validate_python(one) for key, one in dimensions.items()}


def searched(score, keys, *, searches=10, trials=10, seed=0, diverges=lambda values: False):
    """Random searches: a score of the coordinates of the keys, and noise of the validation set."""
    rng = np.random.default_rng(seed)
    u = rng.uniform(size=(searches * trials, len(keys)))
    lost = np.array([diverges(values) for values in u])
    return pd.DataFrame(
        {
            "repeat": np.repeat(np.arange(searches), trials),
            "trial": np.tile(np.arange(trials), searches),
            "budget": 1.0,
            "score": np.where(lost, np.nan, [score(values) for values in u])
            + rng.normal(0, 0.1, searches * trials),
            "loss": 1.0,
            "diverged": lost,
            **{key: 0.01 * 30 ** u[:, place] for place, key in enumerate(keys)},
        }
    )


@pytest.mark.parametrize("keys", [["a"], ["a", "b", "c"]])
@pytest.mark.parametrize("searches", [1, 10])
def test_a_space_that_makes_no_difference_is_rarely_called_at_an_edge(keys, searches):
    """At most 5% of such spaces, by simulation."""
    found = [
        edges(
            searched(lambda u: 0.0, keys, searches=searches, seed=seed),
            space(**dict.fromkeys(keys, LR)),
            ACCURACY,
        )
        for seed in range(100)
    ]
    share = np.mean([bool(one) for one in found])
    assert share <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 100)


def test_where_more_is_better_up_to_the_end_the_edge_is_found():
    found = [
        edges(
            searched(lambda u: u[0], ["lr", "other"], seed=seed), space(lr=LR, other=LR), ACCURACY
        )
        for seed in range(40)
    ]
    named = [[(one.key, one.side) for one in each] for each in found]
    assert np.mean([("lr", "highest") in one for one in named]) > 0.9
    assert np.mean([("other", "lowest") in one for one in named]) < 0.1


def test_a_best_value_inside_the_range_is_at_no_edge():
    found = [
        edges(searched(lambda u: -4 * (u[0] - 0.5) ** 2, ["lr"], seed=seed), space(lr=LR), ACCURACY)
        for seed in range(40)
    ]
    assert not any(found)


def test_values_beyond_which_training_diverges_were_tried_so_they_are_no_edge():
    table = searched(lambda u: u[0], ["lr"], trials=30, diverges=lambda u: u[0] > 0.7)
    assert not edges(table, space(lr=LR), ACCURACY)


def test_nothing_lies_below_zero_and_a_choice_has_no_order():
    lower = searched(lambda u: -u[0], ["lr"])
    assert [one.side for one in edges(lower, space(lr=LR), ACCURACY)] == ["lowest"]
    assert not edges(lower, space(lr={"uniform": [0.0, 0.3]}), ACCURACY)
    assert not edges(lower, space(lr={"choice": sorted(lower["lr"])}), ACCURACY)


def test_an_edge_is_said_with_its_axis_and_how_often():
    (edge,) = edges(searched(lambda u: 9 * u[0], ["lr"]), space(lr=LR), ACCURACY)
    assert str(edge) == "lr: the best trial is the highest tried in 10 of 10 searches"


def test_where_many_trials_share_the_highest_value_chance_is_so_much_larger():
    """Of a grid with two values, half of the trials have the higher one: 8 of 10 is chance."""
    grid = searched(lambda u: 0.0, ["lr"])
    grid["lr"] = np.tile([0.01, 0.3], 50)
    best = np.repeat([[0, 1]] * 8 + [[1, 0]] * 2, 5, axis=0).ravel()
    assert not edges(grid.assign(score=best * 1.0), space(lr=LR), ACCURACY)


def test_the_number_of_events_is_binomial_where_all_chances_are_equal():
    for count in range(11):
        assert at_least(count, [0.1] * 10) == pytest.approx(stats.binom.sf(count - 1, 10, 0.1))
    assert at_least(2, [0.5, 0.2]) == pytest.approx(0.1)


@pytest.mark.parametrize("metric", ["test_accuracy", "search.test_accuracy"])
def test_a_claim_about_what_searches_at_an_edge_found_is_inconclusive(metric):
    """One about the searches themselves is about their ranges, too, and is decided."""
    samples = {"tuned": [0.9, 0.91, 0.92, 0.93, 0.94, 0.95], "plain": [0.5] * 6}
    table = samples_table(samples, metric)
    where = "lr: the best trial is the highest tried in 7 of 10 searches"
    table.loc[table["variant"] == "tuned", "edge"] = where
    test = {"difference": metric, "of": "tuned", "minus": "plain", "expect": "above"}
    claim = Claim.model_validate({"id": "c", "says": "More.", "test": {**test, "margin": 0.02}})
    table = pd.concat([table, table.assign(metric="test_loss")])
    (row,) = decide([claim], table).to_dict("records")
    if metric == "search.test_accuracy":
        assert (row["verdict"], row["basis"]) == ("supported", "95% interval")
        return
    assert row["verdict"] == "inconclusive"
    assert row["basis"] == f"95% interval; best at the edge of the range: tuned, {where}"
    assert np.isnan(row["decides_at"])
    for basis in (row["basis"], corrected_by(row["basis"], "holm")):
        told = reason(claim.test.effect, 0.4, 0.5, 6, "inconclusive", basis, "0.01")
        assert told == (
            f"Best at the edge of the range: tuned, {where}. Values beyond it may be better."
        )
