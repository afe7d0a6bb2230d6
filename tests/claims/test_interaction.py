import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overfit.claims.resampling import mean_intervals, sign_flip_p
from tests.claims.studies import AXIS, found, numbers, on_axis
from tests.metrics.tables import metric_table

RNG = np.random.default_rng(3)
A, B, C, D = RNG.normal(size=(4, 9))
METRICS = metric_table({"a": A, "b": B, "c": C, "d": D})
PAIRS = {
    "interaction": "gap",
    "of": "a",
    "minus": "b",
    "versus": {"of": "c", "minus": "d", "at": {}},
    "expect": "above",
    "margin": 0.1,
}


def test_it_is_the_difference_of_differences_seed_by_seed() -> None:
    sample = (A - B) - (C - D)
    row = found(METRICS, **PAIRS)
    low, high = mean_intervals([sample])[0]
    assert numbers(row) == pytest.approx([sample.mean(), low, high], rel=1e-12)
    assert (row["n"], row["p"]) == (9, sign_flip_p(np.sort(sample)))


def test_two_points_of_the_grid_are_compared() -> None:
    first, second = RNG.normal(size=(2, 9))
    curves = {"a": np.stack([first, second], axis=1), "b": np.zeros((9, 2))}
    row = found(
        on_axis(curves, [0.1, 1.0], "gap"),
        interaction="gap",
        of="a",
        minus="b",
        at={AXIS: 1.0},
        versus={"of": "a", "minus": "b", "at": {AXIS: 0.1}},
        expect="above",
        margin=0.1,
    )
    assert row["estimate"] == pytest.approx((second - first).mean(), rel=1e-12)


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(9)), st.floats(-2, 2))
def test_seed_order_and_a_constant_of_one_pair_change_nothing(order, constant) -> None:
    moved = {"a": A[order] + constant, "b": B[order] + constant, "c": C[order], "d": D[order]}
    after = found(metric_table(moved), **PAIRS)
    assert numbers(after) == pytest.approx(numbers(found(METRICS, **PAIRS)), abs=1e-9)


def test_exchanging_the_pairs_mirrors_it() -> None:
    row = found(METRICS, **PAIRS)
    versus = {"of": "a", "minus": "b", "at": {}}
    swapped = {**PAIRS, "of": "c", "minus": "d", "versus": versus, "expect": "below"}
    mirror = found(METRICS, **swapped)
    assert mirror["estimate"] == pytest.approx(-row["estimate"], rel=1e-12)
    assert mirror["verdict"] == row["verdict"]
