"""A claim with other margins, fewer seeds, or without one seed."""

import math

import pytest

from overfit.claims.table import decide
from overfit.claims.variations import NUMBERS, STEPS, tried, variations
from overfit.claims.verdict import verdict
from overfit.metrics.measuring import metrics
from tests.claims.studies import claim
from tests.metrics.tables import metric_table
from tests.report.explored import decided, histories


@pytest.fixture(scope="module")
def table():
    return metrics(histories(decided()))


@pytest.fixture(params=[one.id for one in decided().claims])
def one(request):
    return next(each for each in decided().claims if each.id == request.param)


def test_with_its_margin_and_all_seeds_it_is_decided_as_in_the_table(one, table):
    [row] = decide([one], table).to_dict("records")
    found = variations(one, table)
    own = found.margins.index(one.test.margin)
    [way] = [each for each in found.ways if (each.n, each.without) == (row["n"], None)]
    assert way.verdicts[own] == row["verdict"]
    assert (way.found.estimate, way.found.low) == (row["estimate"], row["ci_low"])


def test_a_seed_that_is_left_out_is_as_if_it_had_never_been(one, table):
    found = variations(one, table)
    for way in found.ways[::7]:
        seeds = [seed for i, seed in enumerate(found.seeds[: way.n]) if i != way.without]
        alone = one.test.find(table[table["seed"].isin(seeds)])
        assert (way.found.low, way.found.high) == pytest.approx(
            (alone.low, alone.high), nan_ok=True
        )
        for margin, given in zip(found.margins, way.verdicts, strict=True):
            effect = one.test.model_copy(update={"margin": margin}).effect
            assert given == verdict(effect, alone.low, alone.high, len(seeds))


def test_each_seed_alone_is_an_estimate_from_it(one, table):
    found = variations(one, table)
    for seed, alone in zip(found.seeds, found.alone, strict=True):
        assert one.test.find(table[table["seed"] == seed]).estimate == pytest.approx(alone)


def test_margins_rise_evenly_and_one_is_the_claims(one, table):
    found = variations(one, table)
    steps = {round(b - a, 9) for a, b in zip(found.margins, found.margins[1:], strict=False)}
    assert len(steps) == 1
    assert one.test.margin in found.margins
    assert 3 < len(found.margins) <= STEPS


def test_a_margin_is_one_that_the_kind_allows(table):
    probability = next(one for one in decided().claims if one.id == "mostly").test
    found = probability.find(table)
    assert max(tried(probability, found)) < 0.5


def test_many_seeds_are_tried_in_even_steps():
    values = {"a": [0.5 + 0.01 * (i % 7) for i in range(50)], "b": [0.5] * 50}
    test = {"difference": "gap", "of": "a", "minus": "b", "expect": "above", "margin": 0.02}
    found = variations(claim(**test), metric_table(values, "gap"))
    assert found.numbers[-1] == 50
    assert len(found.numbers) <= NUMBERS + 1
    assert len(found.ways) == sum(found.numbers) + len(found.numbers)


def test_too_few_seeds_are_not_varied():
    test = {"difference": "gap", "of": "a", "minus": "b", "expect": "above", "margin": 0.02}
    values = {"a": [0.5, 0.6, math.nan], "b": [0.5, 0.5, 0.5]}
    assert variations(claim(**test), metric_table(values, "gap")) is None


def test_a_search_that_ends_at_an_edge_decides_nothing():
    test = {"difference": "gap", "of": "a", "minus": "b", "expect": "above", "margin": 0.02}
    table = metric_table({"a": [0.5 + i / 1000 for i in range(8)], "b": [0.1] * 8}, "gap")
    assert variations(claim(**test), table).ways[-9].verdicts[0] == "supported"
    edge = table.assign(edge=table["variant"].map({"a": "penalty.l2 low", "b": ""}))
    ways = variations(claim(**test), edge).ways
    assert {verdict for way in ways for verdict in way.verdicts} == {"inconclusive"}
