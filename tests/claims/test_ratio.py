import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from overfit.claims.resampling import mean_intervals
from tests.claims.studies import found, numbers
from tests.metrics.tables import metric_table

RNG = np.random.default_rng(1)
BASE = np.exp(RNG.normal(size=10))
TWICE = 2 * BASE * np.exp(0.05 * RNG.normal(size=10))
TEST = {"ratio": "test_loss", "of": "a", "to": "b", "expect": "above", "margin": 0.1}


def table(a, b):
    return metric_table({"a": a, "b": b}, "test_loss")


def test_it_is_the_geometric_mean_of_the_ratios_with_the_interval_of_their_logarithms() -> None:
    row = found(table(TWICE, BASE), **TEST)
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
        (1.05, "below", "contradicted"),
        (1.0, "below", "negligible"),
    ],
)
def test_the_margin_is_a_factor_either_way(factor, expect, verdict) -> None:
    noise = np.exp(0.001 * np.cos(range(10)))
    assert (
        found(table(factor * BASE * noise, BASE), **{**TEST, "expect": expect})["verdict"]
        == verdict
    )


@settings(max_examples=15, deadline=None)
@given(st.floats(1e-6, 1e6), st.permutations(range(10)))
def test_units_and_the_order_of_seeds_change_nothing(unit, order) -> None:
    before = found(table(TWICE, BASE), **TEST)
    after = found(table(unit * TWICE[order], unit * BASE[order]), **TEST)
    assert numbers(after) == pytest.approx(numbers(before), rel=1e-9)
    assert (after["p"], after["verdict"]) == (before["p"], before["verdict"])


def test_swapped_variants_have_the_inverse_ratio_and_the_mirrored_verdict() -> None:
    row = found(table(TWICE, BASE), **TEST)
    mirror = found(table(TWICE, BASE), **{**TEST, "of": "b", "to": "a", "expect": "below"})
    assert 1 / mirror["estimate"] == pytest.approx(row["estimate"], rel=1e-12)
    assert 1 / mirror["ci_high"] == pytest.approx(row["ci_low"], rel=1e-9)
    assert (mirror["p"], mirror["verdict"]) == (row["p"], row["verdict"])


@pytest.mark.filterwarnings("error")
def test_a_seed_with_a_zero_has_no_ratio() -> None:
    row = found(table([0.0, *TWICE[1:]], [*BASE[:9], 0.0]), **TEST)
    assert row["n"] == 8
    assert row["estimate"] == pytest.approx(stats.gmean(TWICE[1:9] / BASE[1:9]), rel=1e-12)
