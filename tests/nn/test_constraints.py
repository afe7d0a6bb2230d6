"""Max-norm, and the proximal step of L1."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

from overfit.nn import BatchNorm, MaxNorm, ProximalL1, Scratch, mlp, stacked


def parameters(dtype=np.float64, replicates=2, seed=1):
    """Of a small network, with biases, gammas and betas that are not 0."""
    network = mlp(4, [5, 6], 3, norm=BatchNorm)
    made, _ = network.init([np.random.default_rng([seed, r]) for r in range(replicates)], dtype)
    made.flat += 0.5
    return made


def apply(constraint, params, lr=1.0):
    before = params.like(params.flat.copy())
    constraint.apply(params, lr, Scratch(params.flat.dtype))
    return before


def columns(params):
    return [layer["W"] for layer in params.layers if "W" in layer]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(limit=st.floats(1e-3, 10), seed=st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_max_norm_leaves_no_unit_with_longer_incoming_weights(dtype, limit, seed):
    params = parameters(dtype, seed=seed)
    before = apply(MaxNorm(limit), params)
    some_eps = 4 * np.finfo(dtype).eps  # of the division and the product
    for old, new in zip(columns(before), columns(params), strict=True):
        length, now = (np.linalg.norm(W, axis=1, keepdims=True) for W in (old, new))
        assert now.max() <= limit * (1 + some_eps)
        short = np.broadcast_to(length < limit * (1 - some_eps), old.shape)
        np.testing.assert_array_equal(new[short], old[short])
        np.testing.assert_allclose(new / now, old / length, rtol=10 * some_eps)


def test_max_norm_has_a_limit_for_each_replicate():
    params = parameters()
    apply(stacked([MaxNorm(0.1), MaxNorm(0.7)]), params)
    for W in columns(params):
        np.testing.assert_allclose(np.linalg.norm(W, axis=1).max(axis=1), [0.1, 0.7])


def test_max_norm_leaves_weights_of_0_alone():
    params = parameters()
    params.flat[:] = 0
    apply(MaxNorm(1.0), params)
    assert not params.flat.any()


@given(st.floats(-3, 3), st.floats(1e-3, 1), st.floats(0, 3))
@settings(deadline=None)
def test_the_proximal_step_solves_its_problem(w, lr, l1):
    """`min_v (v - w)^2 / 2 + lr l1 |v|`, by brute force."""
    params = parameters()
    params.flat[:] = w
    apply(ProximalL1(l1), params, lr)
    found = params.weights[0, 0]

    def cost(v):
        return (v - w) ** 2 / 2 + lr * l1 * abs(v)

    best = minimize_scalar(cost, bounds=(-4, 4), method="bounded", options={"xatol": 1e-9})
    assert cost(found) <= best.fun + 1e-12
    assert found == pytest.approx(best.x, abs=1e-5)


def test_the_proximal_step_gives_exact_zeros():
    params = parameters(np.float32)
    before = apply(ProximalL1(2.0), params, 0.1)
    small = np.abs(before.weights) <= np.float32(0.2)
    assert 0 < small.sum() < small.size
    np.testing.assert_array_equal(params.weights == 0, small)


@pytest.mark.parametrize("constraint", [MaxNorm(0.1), ProximalL1(5.0)], ids=repr)
def test_constraints_leave_biases_gamma_and_beta_alone(constraint):
    params = parameters()
    before = apply(constraint, params)
    for old, new in zip(before.layers, params.layers, strict=True):
        for name in new:
            assert (new[name] == old[name]).all() == (name != "W")
