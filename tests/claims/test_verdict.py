"""The rule, against a table of intervals."""

import itertools

import pytest

from overfit.claims.verdict import FEWEST_SEEDS, Effect, Unit, difference, reason, verdict
from overfit.metrics.table import Metric
from tests.claims.studies import an_effect

M = 0.02
NAN = float("nan")
SIDES = ("above", "below")
FACTOR = Effect(Unit(Metric("Ratio")), 1.0, (1 / 1.1, 1.1), "above", "a factor", log=True)


def judged(low, high, side):
    return verdict(an_effect(M, side), low, high, 10)


TABLE = [
    # low, high, verdict where the claim expects the difference above 0
    (0.03, 0.05, "supported"),
    (0.0200001, 0.03, "supported"),
    (0.02, 0.03, "inconclusive"),  # the margin itself is not beyond it
    (0.92 - 0.90, 0.03, "inconclusive"),  # which floating point may not change
    (0.0, 0.03, "inconclusive"),
    (0.01, 0.03, "inconclusive"),
    (-0.03, 0.03, "inconclusive"),
    (-0.03, 0.0, "inconclusive"),  # zero itself is not below zero
    (-0.05, -0.03, "contradicted"),
    (-0.03, -0.01, "contradicted"),
    (-0.03, -0.001, "contradicted"),
    (-0.01, -0.001, "negligible"),  # before contradicted
    (-0.01, 0.0, "negligible"),
    (-0.02, 0.02, "negligible"),  # bounds included
    (-0.0200001, 0.02, "inconclusive"),
    (0.01, 0.02, "negligible"),
    (0.0, 0.0, "inconclusive"),  # equal values show nothing of what may fail
    (0.05, 0.05, "supported"),
    (NAN, NAN, "inconclusive"),
]


@pytest.mark.parametrize(("low", "high", "expected"), TABLE)
def test_verdict_where_the_difference_is_expected_above(low, high, expected) -> None:
    assert judged(low, high, "above") == expected


@pytest.mark.parametrize(("low", "high", "expected"), TABLE)
def test_verdict_where_the_difference_is_expected_below_is_the_mirror_image(
    low, high, expected
) -> None:
    assert judged(-high, -low, "below") == expected


def test_every_interval_has_the_first_verdict_whose_rule_holds() -> None:
    ends = [-0.05, -0.02, -0.01, 0.0, 0.01, 0.02, 0.05]
    for low, high in itertools.combinations(ends, 2):
        rules = {
            "supported": low > M,
            "negligible": low >= -M and high <= M,
            "contradicted": high < 0,
            "inconclusive": True,
        }
        first = next(name for name, holds in rules.items() if holds)
        assert judged(low, high, "above") == first


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-0.01, 0.015, "supported"),
        (-0.02, 0.02, "supported"),  # bounds included
        (0.90 - 0.92, 0.0, "supported"),  # which floating point may not change
        (0.0, 0.021, "inconclusive"),
        (-0.03, 0.03, "inconclusive"),
        (0.02, 0.03, "inconclusive"),
        (0.021, 0.03, "contradicted"),
        (-0.03, -0.021, "contradicted"),
        (NAN, NAN, "inconclusive"),
    ],
)
def test_verdict_on_an_equivalence(low, high, expected) -> None:
    assert judged(low, high, "within") == expected
    assert judged(-high, -low, "within") == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1.11, 1.2, "supported"),
        (1.1, 1.2, "inconclusive"),
        (1 / 1.1, 1.1, "negligible"),
        (0.5, 1 / 1.11, "contradicted"),
        (0.5, 1.0, "inconclusive"),
    ],
)
def test_a_ratio_is_judged_around_1_on_the_logarithmic_scale(low, high, expected) -> None:
    assert verdict(FACTOR, low, high, 10) == expected


def test_with_holm_the_reason_names_p() -> None:
    effect, holm = an_effect(M), "95% interval and Holm's p < 0.025"
    alone = reason(effect, 0.03, 0.05, 10, "supported", "95% interval", "0.010")
    lost = reason(effect, 0.03, 0.05, 10, "inconclusive", holm, "0.081")
    assert lost == f"{alone} But p, adjusted for the number of claims, is 0.081, not below 0.025."
    kept = reason(effect, 0.03, 0.05, 10, "supported", holm, "0.010")
    assert kept == f"{alone} And p, adjusted for the number of claims, is 0.010, below 0.025."
    same = reason(effect, -0.01, 0.01, 10, "negligible", holm, "0.010")
    assert same.endswith("And p, adjusted for the number of claims, is 0.010, below 0.025.")


def test_the_reason_belongs_to_the_verdict_where_the_table_has_rounded_a_bound() -> None:
    rounded = reason(an_effect(M), 0.02, 0.05, 10, "supported", "95% interval", "0.010")
    assert "is beyond the margin" in rounded


@pytest.mark.parametrize("side", ["above", "below", "within"])
@pytest.mark.parametrize(("low", "high"), [(0.03, 0.05), (-0.05, -0.03), (-0.01, 0.01)])
def test_below_five_seeds_nothing_is_decided(low, high, side) -> None:
    effect = an_effect(M, side)
    for n in range(2, FEWEST_SEEDS):
        assert verdict(effect, low, high, n) == "inconclusive"
        for basis in ("95% interval", "95% interval and Holm's p < 0.025"):
            said = reason(effect, low, high, n, "inconclusive", basis, "0.010")
            assert said == f"There are too few seeds to decide: {n}, not at least 5."
    assert verdict(effect, low, high, FEWEST_SEEDS) != "inconclusive"


def test_a_reason_counts_repeats_where_a_search_is_repeated() -> None:
    counted = {"replicates": "repeats of the search"}
    said = reason(an_effect(M), 0.1, 0.2, 2, "inconclusive", "95% interval", "1", **counted)
    assert said == "There are too few repeats of the search to decide: 2, not at least 5."


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (1.0, 1.0, "supported"),
        (1.0, 2.0, "supported"),
        (0.5, 2.0, "inconclusive"),
        (0.0, 1.0, "inconclusive"),
        (0.0, 0.0, "negligible"),
        (-0.5, 0.5, "negligible"),
        (-1.0, 0.5, "inconclusive"),
        (-1.0, -1.0, "contradicted"),
    ],
)
def test_one_step_of_an_axis_counts_where_the_margin_is_one_step(low, high, expected) -> None:
    steps = {side: difference(Unit(Metric("Place")), 1, side, stepwise=True) for side in SIDES}
    assert verdict(steps["above"], low, high, 10) == expected
    assert verdict(steps["below"], -high, -low, 10) == expected
    for effect, ends in ((steps["above"], (low, high)), (steps["below"], (-high, -low))):
        said = reason(effect, *ends, 10, expected, "95% interval", "1")
        assert said.count("at or beyond") == (expected == "supported")
