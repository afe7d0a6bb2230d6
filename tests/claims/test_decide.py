"""Undecided claims get the seeds of their next look, and are judged by its wider interval."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from overfit.claims.decide import next_looks, said, written
from overfit.claims.looks import Looks, confidence, repeated_p
from overfit.claims.table import decide, looked
from overfit.claims.verdict import by_interval
from overfit.metrics.resampling import mean_intervals
from overfit.metrics.tables import LOOKED
from tests.claims.studies import claim
from tests.metrics.tables import experiment, metric_table

SEEDS = (10, 20, 40)
TEST = {"difference": "gap", "of": "l2", "minus": "baseline", "expect": "below", "margin": 0.02}
VALUES = np.random.default_rng(5).normal(-0.021, 0.02, 40)
CLAIM, OTHER = claim(**TEST), claim(**TEST | {"expect": "above"}).model_copy(update={"id": "d"})
CELLS = [("baseline", {}, "a"), ("l2", {}, "b"), ("third", {}, "c")]


def table(n: int):
    return metric_table({"baseline": np.zeros(n), "l2": VALUES[:n]})


def of_looks(**claims: int):
    looks = Looks(seeds=SEEDS, claims=claims)
    return [CLAIM, OTHER], table(10), looks, {n: table(n) for n in claims.values()}


@pytest.mark.parametrize(("look", "n"), list(enumerate(SEEDS, start=1)))
def test_a_claim_is_judged_by_the_interval_of_its_look(look, n) -> None:
    row, _ = decide(*of_looks(**{"c": n} if n > 10 else {})).to_dict("records")
    level = confidence(SEEDS, look)
    expected = mean_intervals([np.sort(VALUES[:n])], level)[0]
    assert (row["ci_low"], row["ci_high"]) == tuple(expected)
    assert (row["n"], row["look"], row["basis"]) == (n, look, by_interval(level))
    (alone,) = decide([CLAIM], table(n)).to_dict("records")
    assert expected[0] < alone["ci_low"]
    assert row["p"] == repeated_p(alone["p"], SEEDS, look)


def test_another_claim_about_the_same_runs_keeps_its_seeds() -> None:
    _, other = decide(*of_looks(c=40)).to_dict("records")
    assert (other["n"], other["look"]) == (10, 1)


def test_every_look_of_a_claim_is_listed_with_what_was_found_then() -> None:
    found = looked(*of_looks(c=40))
    assert list(found.columns) == list(LOOKED)
    own = found[found["claim"] == "c"]
    assert own["seeds"].tolist() == own["n"].tolist() == [10, 20, 40]
    assert own["look"].tolist() == [1, 2, 3]
    means = [VALUES[:n].mean() for n in SEEDS]
    assert own["estimate"].to_numpy() == pytest.approx(means)
    assert own["confidence"].to_numpy() == pytest.approx(
        [confidence(SEEDS, look) for look in (1, 2, 3)]
    )
    last, _ = decide(*of_looks(c=40)).to_dict("records")
    assert own.iloc[-1]["ci_high"] == last["ci_high"]


def test_without_looks_each_claim_has_one_with_a_95_percent_interval() -> None:
    (row,) = looked([CLAIM], table(10)).to_dict("records")
    assert (row["look"], row["seeds"], row["confidence"]) == (1, 10, 0.95)
    reach = stats.t.ppf(0.975, 3) * VALUES[:4].std(ddof=1) / 2
    (row,) = looked([CLAIM], table(4)).to_dict("records")
    assert row["ci_high"] == pytest.approx(VALUES[:4].mean() + reach)


def test_looks_begin_with_the_seeds_of_the_experiment() -> None:
    some = experiment(CELLS, seeds=10, claims=(CLAIM,))
    assert next_looks([some], {}) == {"e": Looks(seeds=(10, 20, 40))}
    assert next_looks([some], {}, [10, 15]) == {"e": Looks(seeds=(10, 15))}
    assert next_looks([replace(some, claims=())], {}) == {}
    for wrong in ([20, 40], [10], [10, 30, 20]):
        with pytest.raises(ValueError, match="--seeds: e has 10 seeds"):
            next_looks([some], {}, wrong)


def test_an_undecided_claim_moves_one_look_on_until_the_last() -> None:
    some = experiment(CELLS, seeds=10, claims=(CLAIM, OTHER)).with_looks(Looks(seeds=SEEDS))
    rows = decide(*of_looks()).to_dict("records")
    assert [row["verdict"] for row in rows] == ["inconclusive", "contradicted"]
    found = {("e", row["claim"]): row for row in rows}
    moved = next_looks([some], found)["e"]
    assert moved == Looks(seeds=SEEDS, claims={"c": 20})
    now = some.with_looks(moved)
    with pytest.raises(ValueError, match="run snakemake first"):
        next_looks([now], found)  # these are the verdicts of the look before
    found["e", "c"] = found["e", "c"] | {"look": 2, "basis": by_interval(confidence(SEEDS, 2))}
    assert next_looks([now], found)["e"].claims == {"c": 40}
    found["e", "c"] = found["e", "c"] | {"verdict": "supported"}
    assert next_looks([now], found)["e"] == moved
    last = some.with_looks(Looks(seeds=SEEDS, claims={"c": 40}))
    found["e", "c"] = found["e", "c"] | {
        "verdict": "inconclusive", "look": 3, "basis": by_interval(confidence(SEEDS, 3)),
    }  # fmt: skip
    assert next_looks([last], found)["e"].claims == {"c": 40}


def test_only_the_compared_variants_get_more_seeds() -> None:
    some = experiment(CELLS, seeds=10, claims=(CLAIM, OTHER), first_seed=100)
    (further,) = some.with_looks(Looks(seeds=SEEDS, claims={"c": 40})).further
    assert further.runs == ("a", "b")
    assert further.members == range(100, 140)
    assert further.claims == (CLAIM,)


def test_what_changes_is_said_and_written() -> None:
    before, after = Looks(seeds=SEEDS), Looks(seeds=SEEDS, claims={"c": 20})
    assert said({"e": None}, {"e": before}) == ["e: looks at 10, 20, 40 seeds"]
    assert said({"e": before}, {"e": after}) == ["e: 20 seeds for c"]
    assert said({"e": after}, {"e": after}) == []
    assert written({"e": after}).endswith("e:\n  seeds: [10, 20, 40]\n  claims: {c: 20}\n")
