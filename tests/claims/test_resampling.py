import time
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from overfit.metrics.resampling import (
    adjusted_level,
    mean_intervals,
    resampling_stream,
    sign_flip_p,
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


def test_sign_flip_test_is_exact_for_few_seeds() -> None:
    differences = np.array([1.0, 2.0, 3.0, -0.5])
    flips = np.array(np.meshgrid(*[[1, -1]] * 4)).reshape(4, -1).T
    means = (flips * differences).mean(axis=1)
    extreme = np.mean(np.abs(means) >= abs(differences.mean()) - 1e-12)
    assert sign_flip_p(differences) == extreme == 4 / 16


def test_sign_flip_test_has_the_smallest_p_that_ten_seeds_can_give() -> None:
    assert sign_flip_p(np.linspace(0.1, 0.2, 10)) == 2 / 2**10


def test_sign_flip_test_of_many_seeds_agrees_with_the_t_test() -> None:
    differences = normal(30) + 0.4
    expected = stats.ttest_1samp(differences, 0).pvalue
    # The standard error of a Monte Carlo p of 0.05 from 9,999 assignments is 0.002.
    assert sign_flip_p(differences) == pytest.approx(expected, abs=0.015)


@pytest.mark.parametrize("alternative", ["two-sided", "greater"])
@pytest.mark.parametrize("n", [2, 5, 10, 13])
def test_sign_flip_test_is_scipys(n: int, alternative: Literal["two-sided", "greater"]) -> None:
    rng = np.random.default_rng(n)
    for differences in (rng.normal(0.3, 1, n), rng.integers(-2, 4, n) * 0.1):
        reference = stats.permutation_test(
            (differences,),
            lambda x, axis: np.mean(x, axis=axis).round(12),  # counts may tie
            permutation_type="samples",
            alternative=alternative,
            vectorized=True,
        )
        assert sign_flip_p(differences, alternative) == reference.pvalue


def test_sign_flip_test_of_no_difference_has_a_p_of_one() -> None:
    assert sign_flip_p(np.zeros(5)) == 1.0


def test_one_sided_sign_flip_test_is_exact_and_has_a_direction() -> None:
    differences = np.array([1.0, 2.0, 3.0, -0.5])
    assert sign_flip_p(differences, "greater") == 2 / 16
    assert sign_flip_p(-differences, "greater") == 15 / 16


@pytest.mark.parametrize("n", [0, 1])
def test_sign_flip_test_needs_two_seeds(n: int) -> None:
    assert np.isnan(sign_flip_p(np.ones(n)))
