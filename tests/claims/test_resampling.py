import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from overfit.metrics.resampling import (
    adjusted_level,
    binomial_tail,
    iqm_interval,
    mean_intervals,
    median_interval,
    resampled_tail,
    resampling_stream,
    t_tail,
    trimmed,
)

samples = arrays(float, st.integers(10, 12), elements=st.floats(-1, 1).map(lambda x: round(x, 4)))


def normal(n: int, stream: int = 0) -> np.ndarray:
    return np.random.default_rng(stream).normal(size=n)


@pytest.mark.parametrize(("draw", "confidence"), [("exponential", 0.95), ("normal", 0.982)])
def test_interval_is_scipys_bca_interval_at_the_adjusted_level(
    draw: str, confidence: float
) -> None:
    sample = getattr(np.random.default_rng(3), draw)(size=10)
    ((low, high),) = mean_intervals([sample], confidence)
    reference = stats.bootstrap(
        (np.random.default_rng(9).permutation(sample),),
        np.mean,
        n_resamples=200_000,
        batch=20_000,
        confidence_level=adjusted_level(10, confidence),
        rng=1,
    ).confidence_interval
    # Each end is a quantile of 9,999 resamples: its standard error is 1% to 2% of the length.
    tolerance = 0.06 * (reference.high - reference.low)
    assert low == pytest.approx(reference.low, abs=tolerance)
    assert high == pytest.approx(reference.high, abs=tolerance)


@pytest.mark.parametrize(("n", "level"), [(5, 0.998089), (10, 0.982893), (20, 0.968233)])
def test_adjusted_level_turns_the_normal_into_the_t_interval(n: int, level: float) -> None:
    assert adjusted_level(n) == pytest.approx(level, abs=2e-4)
    biased = np.sqrt((n - 1) / n)
    reach = stats.norm.ppf((1 + adjusted_level(n)) / 2) * biased
    assert reach == pytest.approx(stats.t.ppf(0.975, n - 1), rel=1e-9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [0.0, 1.0, 0.1 + 0.2, -1e9])
@pytest.mark.parametrize("n", [2, 3, 10])
def test_constant_sample_has_a_degenerate_interval(value: float, n: int) -> None:
    assert mean_intervals([np.full(n, value)]).tolist() == [[value, value]]


def test_end_at_zero_is_exactly_zero() -> None:
    low, high = mean_intervals([np.array([0.0] * 11 + [-0.3])])[0]
    assert (low < 0, high) == (True, 0)


def test_fewer_than_two_values_have_no_interval() -> None:
    assert np.isnan(mean_intervals([np.array([]), np.array([0.5])])).all()


@pytest.mark.parametrize("n", range(2, 10))
def test_fewer_than_ten_values_have_scipys_t_interval(n: int) -> None:
    sample = np.random.default_rng(n).exponential(size=n)
    for confidence in (0.95, 0.982):
        expected = stats.ttest_1samp(sample, 0).confidence_interval(confidence)
        found = mean_intervals([sample], confidence)[0]
        assert found == pytest.approx(tuple(expected), rel=1e-12)
    mirrored = -mean_intervals([-sample])[0][::-1]
    assert mirrored.tolist() == mean_intervals([sample])[0].tolist()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [2.0**-1020, 2.0**-600, 2.0**1000])
@pytest.mark.parametrize("n", [5, 12])
def test_squares_of_a_sample_neither_vanish_nor_overflow(size: float, n: int) -> None:
    sample = np.random.default_rng(n).exponential(size=n).astype(np.float32).astype(float)
    expected = mean_intervals([sample])[0]
    assert mean_intervals([sample * size])[0] / size == pytest.approx(expected, rel=1e-6)


@pytest.mark.filterwarnings("error")
@settings(max_examples=30, deadline=None)
@given(samples)
def test_interval_of_ten_values_holds_the_mean_and_lies_in_the_range(sample: np.ndarray) -> None:
    ((low, high),) = mean_intervals([sample])
    rounding = 1e-12
    assert sample.min() - rounding <= low <= sample.mean() + rounding
    assert sample.mean() - rounding <= high <= sample.max() + rounding


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(8)))
def test_order_of_values_changes_nothing(order: list[int]) -> None:
    sample = normal(8)
    assert mean_intervals([sample[order]]).tolist() == mean_intervals([sample]).tolist()


def test_samples_that_come_again_have_the_interval_that_they_have_alone() -> None:
    rng = np.random.default_rng(3)
    some = [rng.normal(size=n) for n in (10, 10, 7)]
    together = mean_intervals([some[0], some[1], some[2], some[0][::-1], some[2], some[1]])
    alone = np.concatenate([mean_intervals([one]) for one in some])
    np.testing.assert_array_equal(together, alone[[0, 1, 2, 0, 2, 1]])


def test_other_samples_change_nothing() -> None:
    many = [normal(4 + i % 9, stream=i) for i in range(300)]
    together = mean_intervals(many)
    alone = [mean_intervals([sample])[0] for sample in many[::37]]
    assert np.array_equal(together[::37], alone)


@settings(max_examples=15, deadline=None)
@given(st.floats(-5, 5), st.floats(0.1, 10))
def test_shift_and_scale_carry_over(shift: float, scale: float) -> None:
    sample = normal(7)
    expected = shift + scale * mean_intervals([sample])
    assert mean_intervals([shift + scale * sample]) == pytest.approx(expected, abs=1e-9)


def test_samples_together_take_a_fraction_of_the_time_of_scipys_bootstrap() -> None:
    many = [normal(10, stream=i) for i in range(200)]
    mean_intervals(many[:1])
    start = time.process_time()
    mean_intervals(many)
    ours = time.process_time() - start
    start = time.process_time()
    for sample in many[:40]:
        stats.bootstrap((sample,), np.mean, n_resamples=9999, rng=0)
    assert ours < 5 * (time.process_time() - start) / 2


def test_interval_is_scipys_from_the_same_resamples() -> None:
    for n in (10, 15, 25):
        sample = np.sort(np.random.default_rng(n).exponential(size=n))
        reference = stats.bootstrap(
            (sample,),
            lambda x, axis: np.mean(x, axis=axis).round(12),  # where means tie, BCa counts
            n_resamples=9999,
            confidence_level=adjusted_level(n),
            rng=resampling_stream(n),
        ).confidence_interval
        assert mean_intervals([sample])[0] == pytest.approx(tuple(reference), rel=1e-9)


@pytest.mark.parametrize("n", [2, 5, 10, 31])
def test_the_interquartile_mean_has_scipys_trimmed_interval(n: int) -> None:
    sample = np.sort(np.random.default_rng(n).standard_t(3, n))
    share = (n // 4 + 1e-9) / n  # SciPy rounds down
    for confidence in (0.95, 0.982):
        expected = stats.mstats.trimmed_mean_ci(sample, (share, share), alpha=1 - confidence)
        assert iqm_interval(sample, confidence) == pytest.approx(tuple(expected), rel=1e-6)
    assert trimmed(sample)[0] == pytest.approx(stats.trim_mean(sample, share), rel=1e-12)


def test_an_interquartile_mean_of_equal_values_has_no_length() -> None:
    sample = np.sort([0.1 + 0.2] * 6 + [-5.0, 0.0, 1.0, 9.0])
    assert iqm_interval(sample) == pytest.approx((0.3, 0.3), rel=1e-12)
    assert len(set(iqm_interval(sample))) == 1


@pytest.mark.parametrize("n", [2, 5, 6, 10, 25])
def test_the_median_has_the_interval_that_the_sign_test_does_not_reject(n: int) -> None:
    sample = np.sort(normal(n))
    for confidence in (0.9, 0.95, 0.982):
        tail = (1 - confidence) / 2
        kept = [
            x
            for x in (*(sample - 1e-9), *(sample + 1e-9))
            if all(
                stats.binomtest(int(np.sum(sample > x)), n, alternative=side).pvalue > tail
                for side in ("greater", "less")
            )
        ]
        low, high = median_interval(sample, confidence)
        if stats.binomtest(n, n, alternative="greater").pvalue > tail:
            assert np.isnan([low, high]).all()
        else:
            assert (low, high) == pytest.approx((min(kept), max(kept)), abs=1e-8)


def test_tails_are_those_of_scipy() -> None:
    assert t_tail(1.7, 9) == pytest.approx(stats.t.sf(1.7, 9), rel=1e-12)
    for k in range(6):
        expected = stats.binomtest(k, 5, 0.3, alternative="greater").pvalue
        assert binomial_tail(k, 5, 0.3) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("n", [5, 10, 40])
def test_the_p_of_resamples_is_a_fortieth_where_the_adjusted_interval_ends(n: int) -> None:
    beyond = round(10_000 * (1 - adjusted_level(n)) / 2) - 1
    assert resampled_tail(beyond, n) == pytest.approx(0.025, abs=6e-4)
    assert resampled_tail(9_999, n) == 1
    assert resampled_tail(0, n) > 0
