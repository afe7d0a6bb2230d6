"""What must hold of penalties, whatever the weights are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from overfit.nn import L1, L2, Lp, Parameters, Scratch, mlp, stacked

DTYPES = pytest.mark.parametrize("dtype", [np.float64, np.float32])
# Squares of smaller numbers are 0 in float32; |W| as sqrt(W^2) then is, too.
WEIGHT = st.floats(1e-15, 100) | st.floats(-100, -1e-15)
WEIGHTS = arrays(np.float64, (2, 5), elements=WEIGHT)
STRENGTH = st.just(0.0) | st.floats(1e-6, 100)


def gradient(penalties, weights, scale=1.0):
    made = np.zeros_like(weights)
    for penalty in penalties:
        penalty.add_gradient(weights, made, scale, Scratch(weights.dtype))
    return made


def agree(some, others, weights):
    """In value and gradient, but for rounding."""
    rtol = 20 * np.finfo(weights.dtype).eps
    values = (sum(penalty.value(weights) for penalty in side) for side in (some, others))
    np.testing.assert_allclose(*values, rtol=rtol)
    np.testing.assert_allclose(gradient(some, weights), gradient(others, weights), rtol=rtol)


@DTYPES
@given(weights=WEIGHTS, strength=STRENGTH)
@settings(deadline=None)
def test_lp_at_2_is_l2(dtype, weights, strength):
    agree([Lp(2, strength)], [L2(strength)], weights.astype(dtype))


@DTYPES
@given(weights=WEIGHTS, strength=STRENGTH)
@settings(deadline=None)
def test_lp_at_1_is_l1(dtype, weights, strength):
    agree([Lp(1, strength)], [L1(strength)], weights.astype(dtype))


@given(weights=WEIGHTS, p=st.floats(0.3, 0.99))
@settings(deadline=None)
def test_the_smoothing_of_lp_below_1_is_lost_away_from_0(weights, p):
    """Relative to |W|^p the smoothing counts (smoothing / W)^2 at most."""
    weights = np.sign(weights) * (np.abs(weights) + 1)
    smoothed = Lp(p, 1.0, smoothing=1e-3)
    exact = (np.abs(weights) ** p / p).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(smoothed.value(weights), exact, rtol=1e-6)
    slope = np.sign(weights) * np.abs(weights) ** (p - 1)
    np.testing.assert_allclose(gradient([smoothed], weights), slope, rtol=2e-6)


def test_the_subgradient_of_l1_steps_over_zero_and_back():
    """It makes no exact zeros, which the proximal step does."""
    weights = np.array([[0.015, -0.004, 0.031]])
    signs = []
    for _ in range(10):
        weights -= 0.01 * gradient([L1(1.0)], weights)
        signs.append(np.sign(weights))
    assert np.all(signs)
    assert (np.abs(weights) < 0.01).all()
    assert (signs[-1] == -signs[-2]).all()


@pytest.mark.parametrize("penalty", [L1(0.0), L2(0.0), Lp(0.5, 0.0), Lp(3, 0.0)], ids=repr)
def test_a_strength_of_0_changes_nothing(penalty):
    weights = np.array([[-1.0, 0.0, 2.0]])
    assert not penalty.value(weights).any()
    assert not gradient([penalty], weights).any()


@pytest.mark.parametrize("penalty", [L1(0.3), L2(0.3), Lp(0.5, 0.3), Lp(3, 0.3)], ids=repr)
def test_penalties_leave_biases_gamma_and_beta_alone(penalty):
    params, _ = mlp(3, [4], 2).init([np.random.default_rng(1)], np.float64)
    params.flat += 1
    grads: Parameters = params.like(np.zeros_like(params.flat))
    penalty.add_gradient(params.weights, grads.weights, 1.0, Scratch(np.float64))
    for layer in grads.layers:
        for name, value in layer.items():
            assert value.any() == (name == "W")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("p", [0.5, 0.7, 1, 1.5, 2, 2.5, 3, 4])
def test_lp_is_bitwise_the_same_alone_and_beside_other_powers(dtype, p):
    """NumPy has shortcuts for some powers, which it takes for some shapes only."""
    weights = np.random.default_rng(1).normal(size=(8, 1001)).astype(dtype)
    mixed = stacked([Lp(power, 0.1) for power in (0.6, 1.5, 2, 3, 1, 1.2, 4, p)], dtype)
    alone = stacked([Lp(p, 0.1)], dtype)
    np.testing.assert_array_equal(
        gradient([mixed], weights)[7:], gradient([alone], weights[7:].copy())
    )
    np.testing.assert_array_equal(mixed.value(weights)[7:], alone.value(weights[7:].copy()))
