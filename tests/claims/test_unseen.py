"""What a sample can't show: shares of seeds, rare failures, equal values, robust centres."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import xlogy

from overfit.claims.shares import one_share, paired_shares, paired_tail
from overfit.claims.verdict import FEWEST_TO_RULE_OUT, Unit, difference, not_excluded, reason
from overfit.metrics.table import Metric
from tests.claims.studies import found, numbers
from tests.metrics.tables import metric_table
from tests.peers import required

contingency = required("statsmodels.stats.contingency_tables", "statsmodels")

SAME = {"of": "a", "minus": "b", "expect": "above", "margin": 0.02}


def pairs(plus: int, minus: int, n: int) -> np.ndarray:
    return np.array([1.0] * plus + [-1.0] * minus + [0.0] * (n - plus - minus))


def samples_of(n: int) -> list[tuple[int, int]]:
    return [(b, c) for b, c in itertools.product(range(n + 1), repeat=2) if b + c <= n]


# Shares


@pytest.mark.parametrize("n", [2, 10, 40])
def test_a_share_has_scipys_clopper_pearson_interval_and_binomial_tests(n: int) -> None:
    for k in range(n + 1):
        sample = np.array([1.0] * k + [0.0] * (n - k))
        for confidence in (0.95, 0.982):
            expected = stats.binomtest(k, n).proportion_ci(confidence, "exact")
            share = one_share(sample, 0.1, confidence)
            assert (share.low + 0.1, share.high + 0.1) == pytest.approx(tuple(expected), abs=1e-9)
        share = one_share(sample, 0.1)
        for bound in (-0.05, 0.2):
            greater, less = (
                stats.binomtest(k, n, bound + 0.1, alternative=side).pvalue
                for side in ("greater", "less")
            )
            tests = (share.above(bound), share.below(bound))
            assert tests == pytest.approx((greater, less), rel=1e-9)


@pytest.mark.parametrize(("n", "steps"), [(5, 41), (10, 31)])
def test_paired_shares_are_covered_whatever_they_are(n: int, steps: int) -> None:
    """All samples, weighted with their probabilities: no end misses more often than 2.5%."""
    samples = samples_of(n)
    found = [paired_shares(pairs(b, c, n)) for b, c in samples]
    low, high = (np.array([getattr(one, end) for one in found]) for end in ("low", "high"))
    b, c = np.array(samples).T
    ways = np.array([stats.multinomial.pmf([i, j, n - i - j], n, [1 / 3] * 3) for i, j in samples])
    for p in np.linspace(0, 1, steps):
        for q in np.linspace(0, 1 - p, steps):
            log = xlogy(b, p) + xlogy(c, q) + xlogy(n - b - c, max(1 - p - q, 0.0))
            probability = ways * 3.0**n * np.exp(log)
            assert probability.sum() == pytest.approx(1)
            assert probability[low > p - q + 1e-9].sum() <= 0.025 + 1e-6
            assert probability[high < p - q - 1e-9].sum() <= 0.025 + 1e-6


@pytest.mark.parametrize("n", [3, 10])
@pytest.mark.parametrize("bound", [-0.3, 0.0, 0.1])
def test_the_p_of_paired_shares_is_that_of_all_samples(n: int, bound: float) -> None:
    """Brute force, with a grid of the share that differs the other way."""
    samples = samples_of(n)
    scores = np.array([tango(b, c, n, bound) for b, c in samples])
    other = np.linspace(max(0, -bound), (1 - bound) / 2, 151)
    shares = np.stack([other + bound, other, 1 - 2 * other - bound], axis=1).clip(0, 1)
    counts = np.array([(b, c, n - b - c) for b, c in samples])
    ways = np.array([stats.multinomial.pmf(row, n, [1 / 3] * 3) * 3.0**n for row in counts])
    probability = ways * np.exp(xlogy(counts, shares[:, None, :]).sum(axis=2))
    for (plus, minus), score in zip(samples, scores, strict=True):
        worst = probability[:, scores >= score - 1e-6].sum(axis=1).max()
        assert paired_tail(plus, minus, n, bound) == pytest.approx(worst, rel=2e-3, abs=1e-9)


def tango(plus: int, minus: int, n: int, bound: float) -> float:
    """The score with the constrained estimate found by search, not by its formula."""
    other = np.linspace(max(0, -bound), (1 - bound) / 2, 20_001)
    log = xlogy(plus, np.maximum(other + bound, 0)) + xlogy(minus, other)
    log += xlogy(n - plus - minus, np.maximum(1 - 2 * other - bound, 0))
    q = other[np.argmax(log)]
    variance = n * (2 * q + bound * (1 - bound))
    return float((plus - minus - n * bound) / np.sqrt(variance)) if variance > 1e-9 else 0.0


def test_where_all_pairs_differ_the_test_is_mcnemars() -> None:
    for plus in range(6, 11):
        two_sided = contingency.mcnemar([[0, plus], [10 - plus, 0]], exact=True).pvalue
        assert paired_tail(plus, 10 - plus, 10, 0.0) == pytest.approx(two_sided / 2, rel=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 12).flatmap(lambda n: st.tuples(st.sampled_from(samples_of(n)), st.just(n))))
def test_swapped_sides_mirror_paired_shares(sample) -> None:
    (plus, minus), n = sample
    one, other = paired_shares(pairs(plus, minus, n)), paired_shares(pairs(minus, plus, n))
    assert (one.low, one.high) == (-other.high, -other.low)
    assert one.above(0.1) == other.below(-0.1)
    assert one.low <= one.estimate <= one.high


def test_ten_seeds_of_which_none_diverges_do_not_show_that_none_will() -> None:
    table = metric_table({"a": [0.0] * 10, "b": [0.0] * 10}, "diverged")
    row = found(table, difference="diverged", **SAME)
    # Neither side's rate above 31% would often leave no trace in ten seeds, 0.69^10 = 0.025.
    assert numbers(row) == pytest.approx([0, -0.3195, 0.3195], abs=1e-3)
    assert row["verdict"] == "inconclusive"
    row = found(table, level="diverged", of="a", value=0.5, expect="below", margin=0.1)
    assert numbers(row) == pytest.approx([-0.5, -0.5, 0.3085 - 0.5], abs=1e-4)
    assert row["verdict"] == "supported"


def test_shares_that_differ_are_decided() -> None:
    table = metric_table({"a": [1.0] * 9 + [0.0], "b": [0.0] * 10}, "diverged")
    assert found(table, difference="diverged", **SAME)["verdict"] == "supported"


# Means, and what does not move with rare failures

NOISE = 0.004 * np.cos(range(40))


def test_a_mean_is_not_negligible_before_one_failure_in_ten_would_have_been_seen() -> None:
    assert 0.9**FEWEST_TO_RULE_OUT <= 0.05 < 0.9 ** (FEWEST_TO_RULE_OUT - 1)
    for n in (10, FEWEST_TO_RULE_OUT - 1, FEWEST_TO_RULE_OUT, 40):
        table = metric_table({"a": NOISE[:n], "b": np.zeros(n)})
        few = n < FEWEST_TO_RULE_OUT
        row = found(table, difference="gap", **SAME)
        assert row["verdict"] == ("inconclusive" if few else "negligible")
        row = found(table, equivalent="gap", of="a", minus="b", margin=0.02)
        assert (row["verdict"], row["p"] == 1) == (("supported", "inconclusive")[few], few)
        for statistic in ("median", "iqm"):
            row = found(table, difference="gap", statistic=statistic, **SAME)
            assert row["verdict"] == "negligible"


def test_the_reason_says_which_rate_of_failures_was_not_excluded() -> None:
    effect = difference(Unit(Metric("Gap")), 0.02, "above", movable=True)
    said = reason(effect, -0.01, 0.01, 10, "inconclusive", "95% interval", "1")
    assert "10 seeds do not exclude failures at a rate up to 26% (about 3/n)" in said
    said = reason(effect, 0.01, 0.01, 10, "inconclusive", "95% interval", "1")
    assert "All 10 values are equal: others at a rate up to 26% (about 3/n)" in said
    assert "All 10 values" not in reason(effect, 0, 0.01, 40, "negligible", "95% interval", "1")


@pytest.mark.parametrize("n", [10, 30, 100])
def test_the_rate_that_is_not_excluded_is_scipys_upper_limit(n: int) -> None:
    interval = stats.binomtest(0, n, alternative="less").proportion_ci(0.95, "exact")
    assert not_excluded(n) == pytest.approx(interval.high)
    assert not_excluded(n) == pytest.approx(3 / n, rel=0.15)


@pytest.mark.parametrize("statistic", ["mean", "median", "iqm"])
@pytest.mark.parametrize("n", [10, 40])
def test_equal_values_decide_that_something_happens_but_not_that_nothing_does(n, statistic) -> None:
    test = {"statistic": statistic, **SAME}
    table = metric_table({"a": [0.5] * n, "b": [0.4] * n})
    row = found(table, difference="gap", **test)
    assert (row["verdict"], row["p"]) == ("supported", pytest.approx(0.5**n))
    table = metric_table({"a": [0.5] * n, "b": [0.5] * n})
    assert found(table, difference="gap", **test)["verdict"] == "inconclusive"
    same = {"equivalent": "gap", "of": "a", "minus": "b", "margin": 0.02, "statistic": statistic}
    assert found(table, **same)["verdict"] == "inconclusive"


def test_a_collapsed_seed_moves_the_mean_but_not_the_median_or_the_interquartile_mean() -> None:
    values = 0.05 + NOISE[:10]
    table = metric_table({"a": [*values[:9], -0.7], "b": np.zeros(10)})
    rows = {
        name: found(table, difference="gap", statistic=name, **SAME)
        for name in ("mean", "median", "iqm")
    }
    assert [row["verdict"] for row in rows.values()] == ["inconclusive", "supported", "supported"]
    kept = np.sort([*values[:9], -0.7])
    assert rows["iqm"]["estimate"] == pytest.approx(kept[2:8].mean())
    assert rows["median"]["estimate"] == pytest.approx(np.median(kept))
    assert rows["mean"]["fragile"] == 9
