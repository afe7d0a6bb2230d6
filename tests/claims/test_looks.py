"""Looks at growing numbers of seeds, against published bounds, SciPy and a simulation."""

import numpy as np
import pytest
from benchmarks.looks import EACH_SEED, LOOKS, wrong
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from overfit.claims.looks import SIDE, confidence, levels, repeated_p, spent

SCHEDULES = [(10, 20, 40), (10, 20, 40, 80), (5, 10), (10, 11, 40), (3, 100)]


def test_five_equal_looks_have_the_published_bounds() -> None:
    # Lan and DeMets (1983) with alpha_2, 2.5% on a side, as the R packages ldbounds and gsDesign
    # print them.
    bounds = stats.norm.isf(levels((10, 20, 30, 40, 50)))
    assert bounds == pytest.approx([2.4380, 2.4268, 2.4101, 2.3966, 2.3859], abs=2e-4)


@pytest.mark.parametrize("seeds", SCHEDULES)
def test_scores_cross_the_bounds_up_to_each_look_as_often_as_is_spent(seeds) -> None:
    bounds = stats.norm.isf(levels(seeds))
    n = np.array(seeds)
    correlation = np.sqrt(np.minimum.outer(n, n) / np.maximum.outer(n, n))
    for k in range(1, len(seeds) + 1):
        inside = stats.multivariate_normal.cdf(
            bounds[:k], cov=correlation[:k, :k], abseps=1e-6, rng=np.random.default_rng(1)
        )
        assert 1 - inside == pytest.approx(spent(seeds[k - 1] / seeds[-1]), abs=2e-5)


def test_a_single_look_has_a_95_percent_interval() -> None:
    assert confidence((10,), 1) == pytest.approx(0.95, abs=1e-12)


def test_every_look_of_several_has_a_wider_interval() -> None:
    for seeds in SCHEDULES:
        assert all(confidence(seeds, look) > 0.951 for look in range(1, len(seeds) + 1))


def test_four_looks_support_at_most_2_8_percent_of_claims_at_the_margin() -> None:
    few = {"experiments": 30_000}
    assert wrong(LOOKS, bounded=True, **few) <= 0.028
    assert wrong((10, 20, 40), bounded=True, **few) <= 0.028
    # What the same looks with 95% intervals support, and a look after each new seed.
    assert wrong(LOOKS, bounded=False, **few) == pytest.approx(0.073, abs=0.004)
    assert wrong(EACH_SEED, bounded=False, experiments=10_000) == pytest.approx(0.10, abs=0.01)


def test_looks_leave_power_for_the_first_and_the_last_look() -> None:
    # Bounds hardly above those of one test: 1.96 standard errors.
    assert max(stats.norm.isf(levels((10, 20, 40)))) < 2.4


@settings(max_examples=40, deadline=None)
@given(p=st.floats(1e-8, 0.9), seeds=st.sampled_from(SCHEDULES), look=st.integers(1, 4))
def test_the_repeated_p_is_below_the_error_rate_just_if_the_look_decides(p, seeds, look) -> None:
    look = min(look, len(seeds))
    repeated = repeated_p(p, seeds, look)
    assert p <= repeated <= 1
    level = levels(seeds)[look - 1]
    if abs(p - level) > 1e-9:
        assert (repeated < SIDE) == (p < level)


def test_the_repeated_p_is_the_error_rate_of_which_the_look_just_decides() -> None:
    for side in (0.001, 0.025, 0.2):
        for look, level in enumerate(levels((10, 20, 40), side), start=1):
            assert repeated_p(level, (10, 20, 40), look) == pytest.approx(side, rel=1e-6)


def test_without_a_test_or_with_one_look_the_p_value_stays() -> None:
    assert np.isnan(repeated_p(float("nan"), (10, 20), 1))
    assert repeated_p(0.01, (10,), 1) == 0.01
