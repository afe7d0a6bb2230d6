"""The gradient of every penalty against central differences of its value."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overfit.nn import L1, L2, Lp, Scratch, stacked
from overfit.nn.gradient_check import numerical_gradient
from tests.nn.checking import TOLERANCE, away_from_zero

STRENGTHS = st.lists(st.floats(0, 10), min_size=1, max_size=3)
SEED = st.integers(0, 2**32 - 1)
POWERS = (0.5, 1, 1.5, 2, 3, 4)


def check_penalties(penalties, weights, rng):
    """`scale` times the gradient of the sum of stacked penalties is added to what was there."""
    scale = rng.random((len(weights), 1)) + 0.5
    before = rng.normal(size=weights.shape)
    gradient = before.copy()
    for penalty in penalties:
        penalty.add_gradient(weights, gradient, scale, Scratch(np.float64))
    numerical = numerical_gradient(
        lambda: float(sum((scale * penalty.value(weights)).sum() for penalty in penalties)), weights
    )
    # `before` is of order 1 and stands in the sum, so a smaller gradient is not resolved better.
    assert np.abs(gradient - before - numerical).max() < TOLERANCE * max(1, np.abs(numerical).max())


def random_weights(rng, replicates):
    return away_from_zero(rng.normal(size=(replicates, 6)), 0.05)


@pytest.mark.parametrize("kind", [L1, L2])
@given(strengths=STRENGTHS, seed=SEED)
@settings(max_examples=25, deadline=None)
def test_l1_and_l2(kind, strengths, seed):
    rng = np.random.default_rng(seed)
    check_penalties([stacked(list(map(kind, strengths)))], random_weights(rng, len(strengths)), rng)


@given(STRENGTHS, SEED)
@settings(max_examples=25, deadline=None)
def test_elastic_net(strengths, seed):
    rng = np.random.default_rng(seed)
    nets = [(L1(strength), L2(10 - strength)) for strength in strengths]
    check_penalties(
        [stacked(members) for members in zip(*nets, strict=True)],
        random_weights(rng, len(strengths)),
        rng,
    )


@pytest.mark.parametrize("p", POWERS)
@given(strengths=STRENGTHS, seed=SEED)
@settings(max_examples=15, deadline=None)
def test_lp(p, strengths, seed):
    rng = np.random.default_rng(seed)
    penalty = stacked([Lp(p, strength) for strength in strengths])
    check_penalties([penalty], random_weights(rng, len(strengths)), rng)


@given(st.lists(st.floats(0.2, 5), min_size=2, max_size=4), SEED)
@settings(max_examples=25, deadline=None)
def test_lp_with_a_power_of_its_own_for_each_replicate(powers, seed):
    rng = np.random.default_rng(seed)
    penalty = stacked([Lp(p, 0.7) for p in powers])
    check_penalties([penalty], random_weights(rng, len(powers)), rng)


@pytest.mark.parametrize("p", [0.25, 0.5, 0.9])
def test_lp_below_1_is_smooth_at_0(p):
    rng = np.random.default_rng(1)
    weights = np.array([[0.0, 1e-3, -0.02, 0.1, -0.3]])
    check_penalties([Lp(p, 1.0, smoothing=0.1)], weights, rng)


@pytest.mark.parametrize("p", POWERS)
def test_the_gradient_at_0_is_0(p):
    for penalty in (L1(1.0), L2(1.0), Lp(p, 1.0)):
        gradient = np.zeros((2, 3))
        penalty.add_gradient(np.zeros((2, 3)), gradient, 1.0, Scratch(np.float64))
        assert not gradient.any()
