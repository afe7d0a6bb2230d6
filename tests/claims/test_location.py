import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from overfit.claims.kinds.location import best_places
from overfit.claims.resampling import adjusted_level
from tests.claims.studies import AXIS, found, numbers, on_axis

POINTS = [0.001, 0.01, 0.1, 1.0]
RNG = np.random.default_rng(4)
TEST = {
    "location": "test_accuracy",
    "of": "a",
    "along": AXIS,
    "optimum": "highest",
    "scale": "log",
    "expect": "above",
    "margin": 0.5,
}


def peaked(at, spread=0.05, n=8, stream=0):
    """Curves (n, 4) that are highest at the point number `at`, but for the noise of each seed."""
    distance = (np.arange(4) - at) ** 2
    return 0.9 - 0.1 * distance + spread * np.random.default_rng(stream).normal(size=(n, 4))


def test_the_best_point_is_where_the_mean_is_highest_and_ties_meet_halfway() -> None:
    means = np.array([[1.0, 3.0, 2.0], [3.0, 1.0, 3.0 + 1e-15], [2.0, 2.0, 2.0]])
    assert best_places(means, np.array([1.0, 2.0, 6.0])).tolist() == [2.0, 3.5, 3.0]


def test_a_place_is_compared_with_a_constant_in_decades() -> None:
    row = found(on_axis({"a": peaked(2)}, POINTS), **TEST, value=0.01)
    assert numbers(row) == pytest.approx([1, 1, 1])
    assert (row["n"], row["verdict"]) == (8, "supported")
    assert row["p"] == pytest.approx(2 / 10_000)


def test_a_place_is_compared_with_that_of_a_variant_in_the_unit_of_the_axis() -> None:
    metrics = on_axis({"a": peaked(1), "b": peaked(2, stream=1)}, POINTS)
    test = {**TEST, "scale": "linear", "expect": "below", "margin": 0.05}
    row = found(metrics, **test, minus="b")
    assert row["estimate"] == pytest.approx(0.01 - 0.1)
    assert row["verdict"] == "supported"


def test_the_lowest_of_the_negated_metric_is_the_highest_of_the_metric() -> None:
    curves = peaked(1.5, spread=0.2)
    highest = found(on_axis({"a": curves}, POINTS), **TEST, value=0.01)
    lowest = {**TEST, "optimum": "lowest"}
    assert numbers(found(on_axis({"a": -curves}, POINTS), **lowest, value=0.01)) == numbers(highest)


def test_the_interval_is_scipys_percentile_bootstrap_of_whole_seeds() -> None:
    a, b = peaked(1.5, 0.3, stream=2), peaked(2, 0.3, stream=3)

    def apart(seeds):
        seeds = seeds.astype(int)
        places = [np.log10(POINTS)[curves[seeds].mean(axis=0).argmax()] for curves in (a, b)]
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
    row = found(on_axis({"a": a, "b": b}, POINTS), **TEST, minus="b")
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(tuple(reference))


def test_p_is_that_of_scipys_exact_permutation_of_variants_within_seeds() -> None:
    a, b = peaked(1, 0.25, n=7, stream=5), peaked(2, 0.25, n=7, stream=6)

    def apart(first, second, axis):
        curves = [np.where(first < 7, 0, 1), np.where(second < 7, 0, 1)]
        both = np.stack([a, b])
        places = [
            np.log10(POINTS)[both[which, np.arange(7)].mean(axis=-2).argmax(axis=-1)]
            for which in curves
        ]
        return np.abs(places[0] - places[1])

    reference = stats.permutation_test(
        (np.arange(7), np.arange(7, 14)),
        apart,
        permutation_type="samples",
        alternative="greater",
        vectorized=True,
        n_resamples=np.inf,
    )
    row = found(on_axis({"a": a, "b": b}, POINTS), **TEST, minus="b")
    assert row["p"] == pytest.approx(reference.pvalue)


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(8)), st.floats(-1, 1))
def test_seed_order_and_a_constant_change_nothing(order, constant) -> None:
    curves = peaked(1.5, 0.3)
    before = found(on_axis({"a": curves, "b": peaked(2, 0.3)}, POINTS), **TEST, minus="b")
    moved = {"a": curves[order] + constant, "b": peaked(2, 0.3)[order] + constant}
    after = found(on_axis(moved, POINTS), **TEST, minus="b")
    assert numbers(after) == pytest.approx(numbers(before))
    assert (after["p"], after["verdict"]) == (before["p"], before["verdict"])


def test_the_same_curves_are_at_the_same_place() -> None:
    row = found(on_axis({"a": peaked(1), "b": peaked(1)}, POINTS), **TEST, minus="b")
    assert numbers(row) == [0, 0, 0]
    assert (row["p"], row["verdict"]) == (1.0, "negligible")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_seeds_are_inconclusive(n) -> None:
    curves = np.concatenate([peaked(1, n=n), np.full((1, 4), np.nan)])
    row = found(on_axis({"a": curves}, POINTS), **TEST, value=0.01)
    assert (row["n"], row["verdict"]) == (n, "inconclusive")
    assert np.isnan([row["ci_low"], row["ci_high"], row["p"]]).all()
