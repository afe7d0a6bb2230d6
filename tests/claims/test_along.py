"""Kinds of claims that look along an axis: trend, location and spread."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from overfit.claims.kinds.location import best_places
from overfit.claims.kinds.trend import tau_of_curves
from overfit.metrics.resampling import adjusted_level, mean_intervals, resampled_tail
from tests.claims.studies import AXIS, found, numbers, on_axis

RNG = np.random.default_rng(2)
FALLING = np.sort(RNG.random((8, 4)), axis=1) + 0.2 * RNG.random((8, 4))
FALLING_POINTS = [1.0, 0.1, 0.01, 0.001]  # descending, as people may write them
TREND = {"trend": "test_accuracy", "of": "a", "along": AXIS, "expect": "decreasing", "margin": 0.3}

RATES = [0.001, 0.01, 0.1, 1.0]
LOCATION = {
    "location": "test_accuracy",
    "of": "a",
    "along": AXIS,
    "optimum": "highest",
    "scale": "log",
    "expect": "above",
    "margin": 0.5,
}


@settings(max_examples=60, deadline=None)
@given(arrays(float, (3, 6), elements=st.sampled_from([0.1, 0.2, 0.1 + 0.2, 0.3, 0.4])))
def test_tau_is_scipys_tau_b(curves) -> None:
    expected = [stats.kendalltau(range(6), curve.round(9)).statistic for curve in curves]
    assert tau_of_curves(curves) == pytest.approx(np.nan_to_num(expected), abs=1e-12)


def test_a_constant_curve_has_no_trend() -> None:
    assert tau_of_curves(np.full((2, 5), 0.1)).tolist() == [0, 0]
    assert tau_of_curves(np.zeros((1, 5))).tolist() == [0]


def test_tiny_values_have_trends_as_well() -> None:
    assert tau_of_curves(np.array([[1e-20, 2e-20, 3e-20]])).tolist() == [1]


def test_it_is_the_mean_tau_over_seeds_along_rising_points() -> None:
    row = found(on_axis({"a": FALLING}, FALLING_POINTS), **TREND)
    taus = [stats.kendalltau(FALLING_POINTS, curve).statistic for curve in FALLING]
    assert row["estimate"] == pytest.approx(np.mean(taus), rel=1e-12)
    low, high = mean_intervals([np.array(taus)])[0]
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((low, high), rel=1e-12)
    assert (row["n"], row["verdict"]) == (8, "supported")
    rising = found(on_axis({"a": FALLING}, FALLING_POINTS), **{**TREND, "expect": "increasing"})
    assert rising["verdict"] == "contradicted"


def test_the_trend_of_a_difference() -> None:
    common = RNG.normal(size=(8, 4))
    metrics = on_axis({"a": FALLING + common, "b": common}, FALLING_POINTS)
    alone = found(on_axis({"a": FALLING}, FALLING_POINTS), **TREND)
    assert numbers(found(metrics, **TREND, minus="b")) == numbers(alone)


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(8)), st.floats(-2, 2), st.floats(0.1, 10))
def test_seed_order_shift_and_scale_change_no_trend(order, shift, scale) -> None:
    before = found(on_axis({"a": FALLING}, FALLING_POINTS), **TREND)
    after = found(on_axis({"a": shift + scale * FALLING[order]}, FALLING_POINTS), **TREND)
    assert numbers(after) == numbers(before)


def test_a_seed_without_a_value_at_one_point_has_no_tau() -> None:
    curves = FALLING.copy()
    curves[3, 1] = np.nan
    assert found(on_axis({"a": curves}, FALLING_POINTS), **TREND)["n"] == 7


SPREAD = {"spread": "test_accuracy", "of": "a", "minus": "b", "along": AXIS, "margin": 0.05}


def test_a_spread_is_a_standard_deviation_over_all_points_and_compared_seed_by_seed() -> None:
    wide, narrow = RNG.normal(0.5, 0.2, (8, 4)), RNG.normal(0.5, 0.02, (8, 4))
    metrics = on_axis({"a": narrow, "b": wide}, FALLING_POINTS)
    row = found(metrics, **SPREAD, expect="below")
    differences = [np.std(a, ddof=1) - np.std(b, ddof=1) for a, b in zip(narrow, wide, strict=True)]
    low, high = mean_intervals([np.array(differences)])[0]
    assert row["estimate"] == pytest.approx(np.mean(differences), rel=1e-12)
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((low, high), rel=1e-12)
    assert (row["n"], row["verdict"]) == (8, "supported")
    assert found(metrics, **SPREAD, expect="above")["verdict"] == "contradicted"


def test_floors_at_both_ends_hide_no_spread_between_them() -> None:
    """What a difference between the ends of the axis can't see."""
    hump = np.tile([0.1, 0.9, 0.9, 0.1], (8, 1)) + RNG.normal(0, 0.01, (8, 4))
    flat = np.full((8, 4), 0.9) + RNG.normal(0, 0.01, (8, 4))
    row = found(on_axis({"a": flat, "b": hump}, FALLING_POINTS), **SPREAD, expect="below")
    assert row["verdict"] == "supported"
    assert row["estimate"] == pytest.approx(-0.46, abs=0.03)


def test_a_seed_without_a_value_at_one_point_has_no_spread() -> None:
    curves = FALLING.copy()
    curves[3, 1] = np.nan
    metrics = on_axis({"a": curves, "b": FALLING + 0.1}, FALLING_POINTS)
    assert found(metrics, **SPREAD, expect="below")["n"] == 7


def peaked(at, spread=0.05, n=8, stream=0):
    """Curves (n, 4) that are highest at the point number `at`, but for the noise of each seed."""
    distance = (np.arange(4) - at) ** 2
    return 0.9 - 0.1 * distance + spread * np.random.default_rng(stream).normal(size=(n, 4))


def test_the_best_point_is_where_the_mean_is_highest_and_ties_meet_halfway() -> None:
    means = np.array([[1.0, 3.0, 2.0], [3.0, 1.0, 3.0 + 1e-15], [2.0, 2.0, 2.0]])
    assert best_places(means, np.array([1.0, 2.0, 6.0])).tolist() == [2.0, 3.5, 3.0]


def test_a_place_is_compared_with_a_constant_in_decades() -> None:
    row = found(on_axis({"a": peaked(2)}, RATES), **LOCATION, value=0.01)
    assert numbers(row) == pytest.approx([1, 1, 1])
    assert (row["n"], row["verdict"]) == (8, "supported")
    assert row["p"] == pytest.approx(resampled_tail(0, 8))


def test_a_place_is_compared_with_that_of_a_variant_in_the_unit_of_the_axis() -> None:
    metrics = on_axis({"a": peaked(1), "b": peaked(2, stream=1)}, RATES)
    test = {**LOCATION, "scale": "linear", "expect": "below", "margin": 0.05}
    row = found(metrics, **test, minus="b")
    assert row["estimate"] == pytest.approx(0.01 - 0.1)
    assert row["verdict"] == "supported"


def test_the_lowest_of_the_negated_metric_is_the_highest_of_the_metric() -> None:
    curves = peaked(1.5, spread=0.2)
    highest = found(on_axis({"a": curves}, RATES), **LOCATION, value=0.01)
    lowest = {**LOCATION, "optimum": "lowest"}
    assert numbers(found(on_axis({"a": -curves}, RATES), **lowest, value=0.01)) == numbers(highest)


def test_the_interval_is_scipys_percentile_bootstrap_of_whole_seeds() -> None:
    a, b = peaked(1.5, 0.3, stream=2), peaked(2, 0.3, stream=3)

    def apart(seeds):
        seeds = seeds.astype(int)
        places = [np.log10(RATES)[curves[seeds].mean(axis=0).argmax()] for curves in (a, b)]
        return places[0] - places[1]

    reference = stats.bootstrap(
        (np.arange(8),),
        apart,
        vectorized=False,
        method="percentile",
        confidence_level=adjusted_level(8),
        n_resamples=4000,
        rng=0,
    ).confidence_interval
    row = found(on_axis({"a": a, "b": b}, RATES), **LOCATION, minus="b")
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(tuple(reference))


def test_p_is_the_share_of_resamples_that_are_not_beyond_the_bound() -> None:
    a, b = peaked(1.5, 0.3, stream=2), peaked(2, 0.3, stream=3)
    metrics = on_axis({"a": a, "b": b}, RATES)
    places = stats.bootstrap(
        (np.arange(8),),
        lambda seeds: np.subtract(
            *[np.log10(RATES)[c[seeds.astype(int)].mean(axis=0).argmax()] for c in (a, b)]
        ),
        vectorized=False,
        method="percentile",
        n_resamples=4000,
        rng=0,
    ).bootstrap_distribution
    row = found(metrics, **{**LOCATION, "expect": "below", "margin": 1}, minus="b")
    # One step counts where the margin is one step; t has longer tails than the resamples.
    share = np.mean(places > -1 + 1e-6)
    expected = stats.t.cdf(np.sqrt(7 / 8) * stats.norm.ppf(share), 7)
    assert row["p"] == pytest.approx(expected, abs=0.02)


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(8)), st.floats(-1, 1))
def test_seed_order_and_a_constant_change_no_location(order, constant) -> None:
    curves = peaked(1.5, 0.3)
    before = found(on_axis({"a": curves, "b": peaked(2, 0.3)}, RATES), **LOCATION, minus="b")
    moved = {"a": curves[order] + constant, "b": peaked(2, 0.3)[order] + constant}
    after = found(on_axis(moved, RATES), **LOCATION, minus="b")
    assert numbers(after) == pytest.approx(numbers(before))
    assert (after["p"], after["verdict"]) == (before["p"], before["verdict"])


def test_the_same_curves_are_at_the_same_place() -> None:
    row = found(on_axis({"a": peaked(1), "b": peaked(1)}, RATES), **LOCATION, minus="b")
    assert numbers(row) == [0, 0, 0]
    assert row["verdict"] == "inconclusive"  # failures of which eight show none may move a mean
    many = {"a": peaked(1, n=29), "b": peaked(1, n=29)}
    assert found(on_axis(many, RATES), **LOCATION, minus="b")["verdict"] == "negligible"


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_seeds_are_inconclusive(n) -> None:
    curves = np.concatenate([peaked(1, n=n), np.full((1, 4), np.nan)])
    row = found(on_axis({"a": curves}, RATES), **LOCATION, value=0.01)
    assert (row["n"], row["verdict"]) == (n, "inconclusive")
    assert np.isnan([row["ci_low"], row["ci_high"], row["p"]]).all()
