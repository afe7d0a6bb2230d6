import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from overfit.claims.kinds.trend import tau_of_curves
from overfit.claims.resampling import mean_intervals
from tests.claims.studies import AXIS, found, numbers, on_axis

POINTS = [1.0, 0.1, 0.01, 0.001]  # descending, as people may write them
RNG = np.random.default_rng(2)
FALLING = np.sort(RNG.random((8, 4)), axis=1) + 0.2 * RNG.random((8, 4))
TEST = {"trend": "test_accuracy", "of": "a", "along": AXIS, "expect": "decreasing", "margin": 0.3}


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
    row = found(on_axis({"a": FALLING}, POINTS), **TEST)
    taus = [stats.kendalltau(POINTS, curve).statistic for curve in FALLING]
    assert row["estimate"] == pytest.approx(np.mean(taus), rel=1e-12)
    low, high = mean_intervals([np.array(taus)])[0]
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((low, high), rel=1e-12)
    assert (row["n"], row["verdict"]) == (8, "supported")
    rising = found(on_axis({"a": FALLING}, POINTS), **{**TEST, "expect": "increasing"})
    assert rising["verdict"] == "contradicted"


def test_the_trend_of_a_difference() -> None:
    common = RNG.normal(size=(8, 4))
    metrics = on_axis({"a": FALLING + common, "b": common}, POINTS)
    alone = found(on_axis({"a": FALLING}, POINTS), **TEST)
    assert numbers(found(metrics, **TEST, minus="b")) == numbers(alone)


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(8)), st.floats(-2, 2), st.floats(0.1, 10))
def test_seed_order_shift_and_scale_change_nothing(order, shift, scale) -> None:
    before = found(on_axis({"a": FALLING}, POINTS), **TEST)
    after = found(on_axis({"a": shift + scale * FALLING[order]}, POINTS), **TEST)
    assert numbers(after) == numbers(before)


def test_a_seed_without_a_value_at_one_point_has_no_tau() -> None:
    curves = FALLING.copy()
    curves[3, 1] = np.nan
    assert found(on_axis({"a": curves}, POINTS), **TEST)["n"] == 7
