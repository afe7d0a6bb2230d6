import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from overfit.claims.kinds.probability import wilson
from tests.claims.studies import found, numbers
from tests.metrics.tables import metric_table
from tests.peers import required

proportion = required("statsmodels.stats.proportion", "statsmodels")
TEST = {"probability": "gap", "of": "a", "minus": "b", "expect": "above", "margin": 0.1}


def table(signs, stream=0):
    base = np.random.default_rng(stream).normal(size=len(signs))
    return metric_table({"a": base + np.array(signs), "b": base})


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_is_that_of_statsmodels(share) -> None:
    expected = proportion.proportion_confint(*share, alpha=0.05, method="wilson")
    assert wilson(*share) == pytest.approx(expected, abs=1e-12)


def test_it_is_the_share_of_seeds_with_ties_as_halves() -> None:
    row = found(table([1, 1, 1, 1, 1, 1, 0, 0, -1, 1]), **TEST)
    assert numbers(row) == pytest.approx([0.8, *wilson(8, 10)])
    assert (row["n"], row["kind"]) == (10, "probability")
    assert row["p"] == pytest.approx(stats.binomtest(7, 8).pvalue)


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
def test_it_is_judged_against_one_half(signs, expect, verdict) -> None:
    assert found(table(signs), **{**TEST, "expect": expect})["verdict"] == verdict


def test_ties_only_are_no_evidence_either_way() -> None:
    row = found(table([0] * 6), **TEST)
    assert (row["estimate"], row["p"], row["verdict"]) == (0.5, 1.0, "inconclusive")


def test_swapping_the_variants_mirrors_it() -> None:
    signs = [1, 1, 1, 0, 1, 1, -1]
    row = found(table(signs), **TEST)
    mirror = found(table(signs), **{**TEST, "of": "b", "minus": "a", "expect": "below"})
    assert 1 - np.array(numbers(mirror))[[0, 2, 1]] == pytest.approx(numbers(row))
    assert (mirror["p"], mirror["verdict"]) == (row["p"], row["verdict"])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_seeds_are_inconclusive(n) -> None:
    row = found(metric_table({"a": [1.0] * n + [np.nan], "b": [0.0] * (n + 1)}), **TEST)
    assert (row["n"], row["verdict"]) == (n, "inconclusive")
    assert np.isnan([row["ci_low"], row["ci_high"], row["p"]]).all()
