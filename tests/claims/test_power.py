"""Numbers of seeds and smallest effects, against statsmodels and a simulation."""

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.power import TTestPower

from overfit.claims.power import decides_at, power, power_at_twice, smallest_effect, spread
from overfit.claims.verdict import Effect, Unit, verdict
from overfit.metrics.resampling import mean_intervals
from overfit.metrics.table import Metric
from tests.claims.studies import an_effect

M, S = 0.02, 0.01
SIDES = ("above", "below", "within")
FACTOR = Effect(Unit(Metric("Ratio")), 1.0, (1 / 1.1, 1.1), "above", "a factor", log=True)


def needed(centre: float, side: str = "above", level: float = 0.95, s: float = S) -> float:
    """The answer for the t interval of ten values with this mean and standard deviation."""
    reach = stats.t.ppf((1 + level) / 2, 9) * s / math.sqrt(10)
    return decides_at(an_effect(M, side), centre, centre - reach, centre + reach, 10, level)


def of_one_test(distance: float, level: float = 0.95, s: float = S) -> int:
    """The seeds of a one-sided t test of an effect this far beyond a bound."""
    solved = TTestPower().solve_power(
        abs(distance) / s, alpha=(1 - level) / 2, power=0.8, alternative="larger"
    )
    return math.ceil(solved)


@pytest.mark.parametrize("centre", [0.024, 0.025, 0.027])
def test_beyond_the_margin_as_many_seeds_as_a_one_sided_t_test_needs(centre) -> None:
    assert needed(centre) == of_one_test(centre - M)
    assert needed(-centre, "below") == of_one_test(centre - M)
    assert needed(centre, "within") == of_one_test(centre - M)


@pytest.mark.parametrize("centre", [0.013, 0.0145, -0.015])
def test_within_the_margin_as_many_as_the_nearer_of_two_one_sided_tests_needs(centre) -> None:
    for side in ("above", "within") if centre > 0 else ("within",):
        assert needed(centre, side) == of_one_test(M - abs(centre))


def test_in_the_other_direction_the_sooner_of_contradicted_and_negligible_counts() -> None:
    assert needed(-0.018, s=0.02) == of_one_test(0.018, s=0.02)  # wholly below 0: contradicted
    assert needed(-0.004, s=0.02) == of_one_test(0.016, s=0.02)  # wholly within: negligible


def test_at_a_wider_interval_more_seeds_are_needed() -> None:
    assert needed(0.025, level=0.982) == of_one_test(0.005, level=0.982)


def test_an_effect_of_about_the_margin_is_hopeless() -> None:
    assert needed(0.0201) == math.inf
    assert needed(M) == math.inf


def test_without_a_spread_nothing_is_known() -> None:
    effect = an_effect(M, "above")
    assert math.isnan(decides_at(effect, 0.02, 0.02, 0.02, 10))
    assert math.isnan(decides_at(effect, 0.01, math.nan, math.nan, 1))


def test_below_five_seeds_at_least_five_are_needed() -> None:
    assert decides_at(an_effect(M, "above"), 0.1, 0.099, 0.101, 3) == 5


def test_a_ratio_is_judged_on_the_logarithmic_scale() -> None:
    half = stats.t.ppf(0.975, 9) * S / math.sqrt(10)
    estimate = 1.1 * math.exp(0.005)
    low, high = estimate * math.exp(-half), estimate * math.exp(half)
    assert spread(FACTOR, low, high, 10, 0.95) == pytest.approx(S)
    assert decides_at(FACTOR, estimate, low, high, 10) == of_one_test(0.005)


def test_the_smallest_effect_is_that_of_a_one_sided_t_test() -> None:
    for n in (5, 10, 40):
        beyond = S * TTestPower().solve_power(nobs=n, alpha=0.025, power=0.8, alternative="larger")
        for side in SIDES:
            found = smallest_effect(an_effect(M, side), S, n)
            assert found == pytest.approx(M + beyond, rel=1e-4)
    assert smallest_effect(an_effect(M, "above"), S, 4) == math.inf


def test_power_far_from_all_bounds_is_1() -> None:
    for distance in (-1.0, 0.0, 1.0):
        assert power(an_effect(M, "above"), distance, 1e-5, np.array([5, 1000])).min() > 1 - 1e-9


@pytest.mark.parametrize("centre", [0.026, 0.0275, 0.0145])
def test_so_many_seeds_decide_four_times_in_five(centre) -> None:
    effect = an_effect(M, "above")
    n = int(needed(centre))
    drawn = np.random.default_rng(7).normal(centre, S, (2000, n))
    verdicts = [verdict(effect, *ends, n) for ends in mean_intervals(list(drawn))]
    assert np.mean([one != "inconclusive" for one in verdicts]) == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize("side", ["above", "below"])
def test_the_power_at_twice_the_margin_is_that_of_a_one_sided_t_test(side) -> None:
    """Of an effect that is a margin beyond the margin, whatever the estimate of these seeds."""
    n, s = 10, 0.03
    reach = stats.t.ppf(0.975, n - 1) * s / math.sqrt(n)
    expected = TTestPower().power(M / s, n, 0.025, alternative="larger")
    found = power_at_twice(an_effect(M, side), 0.5 - reach, 0.5 + reach, n)
    assert found == pytest.approx(expected, abs=1e-3)


def test_without_a_spread_there_is_no_power_at_twice_the_margin() -> None:
    assert math.isnan(power_at_twice(an_effect(M), 0.1, 0.1, 10))
    assert math.isnan(power_at_twice(an_effect(M), 0.0, 0.1, 4))
