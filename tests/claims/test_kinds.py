"""Kinds of claims with two sides, against their formulas and other implementations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from overfit.claims.kinds.probability import wilson
from overfit.metrics.resampling import mean_intervals
from tests.claims.studies import AXIS, found, numbers, on_axis
from tests.metrics.tables import metric_table
from tests.peers import required

weightstats = required("statsmodels.stats.weightstats", "statsmodels")
proportion = required("statsmodels.stats.proportion", "statsmodels")

RNG = np.random.default_rng(3)
NARROW = 1 + 0.1 * RNG.random(10)
WIDE = NARROW + 0.5 + 0.01 * RNG.random(10)
OTHER = NARROW - 0.2
ON_AXIS = on_axis(
    {"a": np.column_stack([NARROW, WIDE]), "b": np.column_stack([OTHER, OTHER])}, [10, 800]
)
AT = {"of": "a", "at": {AXIS: 800}, "expect": "above", "margin": 0.1}

EQUIVALENT = {"equivalent": "gap", "of": "a", "minus": "b", "margin": 0.1}

A, B, C, D = RNG.normal(size=(4, 9))
FOUR = metric_table({"a": A, "b": B, "c": C, "d": D})
INTERACTION = {
    "interaction": "gap",
    "of": "a",
    "minus": "b",
    "versus": {"of": "c", "minus": "d"},
    "expect": "above",
    "margin": 0.1,
}

PROBABILITY = {"probability": "gap", "of": "a", "minus": "b", "expect": "above", "margin": 0.1}

BASE = np.exp(RNG.normal(size=10))
TWICE = 2 * BASE * np.exp(0.05 * RNG.normal(size=10))
RATIO = {"ratio": "test_loss", "of": "a", "to": "b", "expect": "above", "margin": 0.1}


def losses(a, b):
    return metric_table({"a": a, "b": b}, "test_loss")


def shifted(shift, stream=0, n=30):
    """Variant a is b plus a shift and some noise."""
    rng = np.random.default_rng(stream)
    base = rng.normal(size=n)
    return metric_table({"a": base + shift + 0.05 * rng.normal(size=n), "b": base})


def signed(signs):
    """Variant a is above b, below it or equal."""
    base = np.random.default_rng(0).normal(size=len(signs))
    return metric_table({"a": base + np.array(signs), "b": base})


# Two points of the grid


def test_a_difference_between_two_points_is_taken_seed_by_seed() -> None:
    row = found(ON_AXIS, difference="test_accuracy", minus="a", minus_at={AXIS: 10}, **AT)
    assert row["estimate"] == pytest.approx((WIDE - NARROW).mean(), rel=1e-12)
    interval = tuple(mean_intervals([np.sort(WIDE - NARROW)])[0])
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(interval, rel=1e-9)
    assert (row["n"], row["verdict"]) == (10, "supported")


def test_another_variant_may_be_taken_at_another_point() -> None:
    row = found(ON_AXIS, difference="test_accuracy", minus="b", minus_at={AXIS: 10}, **AT)
    assert row["estimate"] == pytest.approx((WIDE - OTHER).mean(), rel=1e-12)


def test_ratios_probabilities_and_equivalences_have_two_points_as_well() -> None:
    row = found(ON_AXIS, ratio="test_accuracy", to="a", to_at={AXIS: 10}, **AT)
    assert row["estimate"] == pytest.approx(np.exp(np.log(WIDE / NARROW).mean()), rel=1e-12)
    row = found(ON_AXIS, probability="test_accuracy", minus="a", minus_at={AXIS: 10}, **AT)
    assert row["estimate"] == 1
    same = {"of": "b", "at": {AXIS: 800}, "minus_at": {AXIS: 10}, "margin": 0.1}
    assert found(ON_AXIS, equivalent="test_accuracy", **same)["estimate"] == 0
    apart = same | {"of": "a"}
    assert found(ON_AXIS, equivalent="test_accuracy", **apart)["verdict"] == "contradicted"


# Equivalence


@pytest.mark.parametrize(
    ("shift", "verdict"),
    [(0.0, "supported"), (0.3, "contradicted"), (-0.3, "contradicted"), (0.1, "inconclusive")],
)
def test_equivalence_is_decided_by_the_interval(shift, verdict) -> None:
    assert found(shifted(shift), **EQUIVALENT)["verdict"] == verdict


@pytest.mark.parametrize("stream", range(8))
@pytest.mark.parametrize("shift", [0.0, 0.02, 0.1, 0.3])
def test_p_of_equivalence_is_that_of_two_paired_t_tests(stream, shift) -> None:
    metrics = shifted(shift, stream)
    a, b = (metrics.loc[metrics["variant"] == name, "value"].to_numpy() for name in "ab")
    expected = weightstats.ttost_paired(a, b, -0.1, 0.1)[0]
    row = found(metrics, **EQUIVALENT)
    if row["verdict"] != "contradicted":
        assert row["p"] == pytest.approx(expected, rel=1e-9)
    # The interval makes each test at 2.5%; far from it, the verdicts are those of the t tests.
    if expected < 0.01:
        assert row["verdict"] == "supported"
    elif expected > 0.05:
        assert row["verdict"] != "supported"


def test_swapping_the_variants_of_an_equivalence_changes_nothing_but_the_sign() -> None:
    row = found(shifted(0.05), **EQUIVALENT)
    mirror = found(shifted(0.05), **{**EQUIVALENT, "of": "b", "minus": "a"})
    assert mirror["estimate"] == -row["estimate"]
    assert mirror["ci_low"] == pytest.approx(-row["ci_high"], abs=1e-9)
    assert (mirror["p"], mirror["verdict"]) == (row["p"], row["verdict"])


# Interaction


def test_an_interaction_is_the_difference_of_differences_seed_by_seed() -> None:
    sample = (A - B) - (C - D)
    row = found(FOUR, **INTERACTION)
    low, high = mean_intervals([sample])[0]
    assert numbers(row) == pytest.approx([sample.mean(), low, high], rel=1e-12)
    expected = stats.ttest_1samp(sample, 0.1, alternative="greater").pvalue
    assert (row["n"], row["p"]) == (9, pytest.approx(expected, rel=1e-9))


def test_an_interaction_may_compare_two_points_of_the_grid() -> None:
    first, second = RNG.normal(size=(2, 9))
    curves = {"a": np.stack([first, second], axis=1), "b": np.zeros((9, 2))}
    row = found(
        on_axis(curves, [0.1, 1.0], "gap"),
        **{**INTERACTION, "at": {AXIS: 1.0}, "versus": {"at": {AXIS: 0.1}}},
    )
    assert row["estimate"] == pytest.approx((second - first).mean(), rel=1e-12)


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(9)), st.floats(-2, 2))
def test_seed_order_and_a_constant_of_one_pair_change_no_interaction(order, constant) -> None:
    moved = {"a": A[order] + constant, "b": B[order] + constant, "c": C[order], "d": D[order]}
    after = found(metric_table(moved), **INTERACTION)
    assert numbers(after) == pytest.approx(numbers(found(FOUR, **INTERACTION)), abs=1e-9)


def test_exchanging_the_pairs_mirrors_an_interaction() -> None:
    row = found(FOUR, **INTERACTION)
    versus = {"of": "a", "minus": "b"}
    swapped = {**INTERACTION, "of": "c", "minus": "d", "versus": versus, "expect": "below"}
    mirror = found(FOUR, **swapped)
    assert mirror["estimate"] == pytest.approx(-row["estimate"], rel=1e-12)
    assert mirror["verdict"] == row["verdict"]


# Probability


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_is_that_of_statsmodels(share) -> None:
    for alpha in (0.05, 0.018):
        expected = proportion.proportion_confint(*share, alpha=alpha, method="wilson")
        assert wilson(*share, 1 - alpha) == pytest.approx(expected, abs=1e-12)


def test_a_probability_is_the_share_of_seeds_with_ties_as_halves() -> None:
    row = found(signed([1, 1, 1, 1, 1, 1, 0, 0, -1, 1]), **PROBABILITY)
    assert numbers(row) == pytest.approx([0.8, *wilson(8, 10)])
    assert (row["n"], row["kind"]) == (10, "probability")
    _, expected = proportion.proportions_ztest(8, 10, 0.6, "larger", prop_var=0.6)
    assert row["p"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("signs", "expect", "verdict"),
    [
        ([1] * 10, "above", "supported"),
        ([1] * 10, "below", "contradicted"),
        ([-1] * 10, "below", "supported"),
        ([1, -1] * 5, "above", "inconclusive"),
        ([1, -1] * 200, "above", "negligible"),
    ],
)
def test_a_probability_is_judged_against_one_half(signs, expect, verdict) -> None:
    assert found(signed(signs), **{**PROBABILITY, "expect": expect})["verdict"] == verdict


def test_ties_only_are_no_evidence_either_way() -> None:
    row = found(signed([0] * 6), **PROBABILITY)
    assert (row["estimate"], row["verdict"]) == (0.5, "inconclusive")
    assert row["p"] > 0.5


def test_swapping_the_variants_mirrors_a_probability() -> None:
    signs = [1, 1, 1, 0, 1, 1, -1]
    row = found(signed(signs), **PROBABILITY)
    mirror = found(signed(signs), **{**PROBABILITY, "of": "b", "minus": "a", "expect": "below"})
    assert 1 - np.array(numbers(mirror))[[0, 2, 1]] == pytest.approx(numbers(row))
    assert (mirror["p"], mirror["verdict"]) == (pytest.approx(row["p"]), row["verdict"])


# Ratio


def test_a_ratio_is_the_geometric_mean_with_the_interval_of_the_logarithms() -> None:
    row = found(losses(TWICE, BASE), **RATIO)
    assert row["estimate"] == pytest.approx(stats.gmean(TWICE / BASE), rel=1e-12)
    interval = np.exp(mean_intervals([np.log(TWICE / BASE)])[0])
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(tuple(interval), rel=1e-12)
    assert (row["kind"], row["margin"], row["n"], row["verdict"]) == ("ratio", 0.1, 10, "supported")


@pytest.mark.parametrize(
    ("factor", "expect", "verdict"),
    [
        (1.2, "above", "supported"),
        (1 / 1.2, "below", "supported"),
        (1.105, "above", "supported"),
        (1.095, "above", "negligible"),
        (1 / 1.105, "below", "supported"),
        (1 / 1.095, "below", "negligible"),
        (1.05, "below", "negligible"),
        (1.105, "below", "contradicted"),
        (1.0, "below", "negligible"),
    ],
)
def test_the_margin_of_a_ratio_is_a_factor_either_way(factor, expect, verdict) -> None:
    noise = np.exp(0.001 * np.cos(range(10)))
    row = found(
        losses(factor * BASE * noise, BASE), **{**RATIO, "expect": expect, "statistic": "iqm"}
    )
    assert row["verdict"] == verdict


@settings(max_examples=15, deadline=None)
@given(st.floats(1e-6, 1e6), st.permutations(range(10)))
def test_units_and_the_order_of_seeds_change_no_ratio(unit, order) -> None:
    before = found(losses(TWICE, BASE), **RATIO)
    after = found(losses(unit * TWICE[order], unit * BASE[order]), **RATIO)
    assert numbers(after) == pytest.approx(numbers(before), rel=1e-9)
    assert after["p"] == pytest.approx(before["p"], rel=1e-6)
    assert after["verdict"] == before["verdict"]


def test_swapped_variants_have_the_inverse_ratio_and_the_mirrored_verdict() -> None:
    row = found(losses(TWICE, BASE), **RATIO)
    mirror = found(losses(TWICE, BASE), **{**RATIO, "of": "b", "to": "a", "expect": "below"})
    assert 1 / mirror["estimate"] == pytest.approx(row["estimate"], rel=1e-12)
    assert 1 / mirror["ci_high"] == pytest.approx(row["ci_low"], rel=1e-9)
    assert (mirror["p"], mirror["verdict"]) == (pytest.approx(row["p"]), row["verdict"])


@pytest.mark.filterwarnings("error")
def test_a_seed_with_a_zero_has_no_ratio() -> None:
    row = found(losses([0.0, *TWICE[1:]], [*BASE[:9], 0.0]), **RATIO)
    assert row["n"] == 8
    assert row["estimate"] == pytest.approx(stats.gmean(TWICE[1:9] / BASE[1:9]), rel=1e-12)


# All of them


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("n", [0, 1])
@pytest.mark.parametrize(
    "test",
    [EQUIVALENT, INTERACTION, PROBABILITY, RATIO],
    ids=lambda test: next(iter(test)),
)
def test_fewer_than_two_seeds_are_inconclusive(test, n) -> None:
    values = {"a": [2.0] * n + [np.nan], **dict.fromkeys("bcd", [1.0] * (n + 1))}
    row = found(metric_table(values, next(iter(test.values()))), **test)
    assert (row["n"], row["verdict"]) == (n, "inconclusive")
    assert np.isnan([row["ci_low"], row["ci_high"], row["p"]]).all()
