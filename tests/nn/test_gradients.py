"""Every analytic gradient against central differences, in float64, with random cotangents."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overfit.nn import (
    L2,
    Affine,
    BatchNorm,
    Dropout,
    ReLU,
    Scratch,
    Sigmoid,
    Tanh,
    cross_entropy,
    mlp,
    softmax_minus_target,
)
from overfit.nn.gradient_check import numerical_gradient, relative_error
from overfit.nn.stacking import stacked

TOLERANCE = 1e-6
REPLICATES = st.integers(1, 3)
BATCH = st.integers(2, 6)
SEED = st.integers(0, 2**32 - 1)


def initial(layer, replicates, seed):
    rngs = [np.random.default_rng([seed, r]) for r in range(replicates)]
    made = [layer.init(rng) for rng in rngs]
    params, state = (
        {name: np.stack([m[i][name] for m in made]) for name in made[0][i]} for i in (0, 1)
    )
    return params, state


def check_layer(layer, x, seed, *, train=True, parameter_noise=0.5):
    """Compare dL/dx and dL/dparams of `L = sum(cotangent * y)` with central differences."""
    rng = np.random.default_rng(seed)
    params, state = initial(layer, len(x), seed)
    for value in (*params.values(), *state.values()):
        value += parameter_noise * rng.random(value.shape)

    def forward(scratch=None):
        kept = {name: value.copy() for name, value in state.items()}
        masks = [np.random.default_rng([seed, 7, r]) for r in range(len(x))]  # held still
        return layer.forward(
            params, kept, x, train=train, rng=masks, scratch=scratch or Scratch(np.float64)
        )

    y, cache = forward(Scratch(np.float64))
    cotangent = rng.normal(size=y.shape)
    grads = {name: np.empty_like(value) for name, value in params.items()}
    dx = layer.backward(params, cache, cotangent, grads=grads, scratch=Scratch(np.float64))

    def loss():
        return float((cotangent * forward()[0]).sum())

    assert relative_error(dx, numerical_gradient(loss, x)) < TOLERANCE
    for name, value in params.items():
        assert relative_error(grads[name], numerical_gradient(loss, value)) < TOLERANCE, name


def away_from_zero(x):
    """Central differences mean nothing at the kink of a ReLU."""
    return np.where(np.abs(x) < 1e-2, 1e-2, x)


@given(REPLICATES, BATCH, st.integers(1, 5), st.integers(1, 4), SEED)
@settings(max_examples=20, deadline=None)
def test_affine(replicates, batch, n_in, n_out, seed):
    x = np.random.default_rng(seed).normal(size=(replicates, batch, n_in))
    check_layer(Affine(n_in, n_out), x, seed)


@pytest.mark.parametrize("layer", [ReLU(), Sigmoid(), Tanh()])
@given(replicates=REPLICATES, batch=BATCH, n=st.integers(1, 5), seed=SEED)
@settings(max_examples=20, deadline=None)
def test_activations(layer, replicates, batch, n, seed):
    x = away_from_zero(np.random.default_rng(seed).normal(size=(replicates, batch, n)))
    check_layer(layer, x, seed)


@pytest.mark.parametrize("train", [True, False], ids=["training", "evaluation"])
@given(replicates=REPLICATES, batch=st.integers(3, 8), n=st.integers(1, 4), seed=SEED)
@settings(max_examples=25, deadline=None)
def test_batch_norm(train, replicates, batch, n, seed):
    # A batch of two gives x-hat = (-1, 1) whatever x is: dx is 0 and its relative error is noise.
    x = np.random.default_rng(seed).normal(2.0, 3.0, size=(replicates, batch, n))
    check_layer(BatchNorm(n), x, seed, train=train)


@pytest.mark.parametrize("scaling", ["inverted", "test_time"])
@pytest.mark.parametrize("train", [True, False], ids=["training", "evaluation"])
@given(rate=st.floats(0, 0.9), replicates=REPLICATES, seed=SEED)
@settings(max_examples=15, deadline=None)
def test_dropout(scaling, train, rate, replicates, seed):
    x = np.random.default_rng(seed).normal(size=(replicates, 4, 5))
    check_layer(Dropout(rate, scaling), x, seed, train=train)


@given(REPLICATES, BATCH, st.integers(2, 6), SEED)
@settings(max_examples=25, deadline=None)
def test_softmax_cross_entropy(replicates, batch, classes, seed):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 3, (replicates, batch, classes))
    labels = rng.integers(0, classes, (replicates, batch))
    weights = rng.random((replicates, 1, 1)) + 0.5
    targets = np.eye(classes)[labels]
    analytic = softmax_minus_target(logits, targets, weights, Scratch(np.float64))

    def loss():
        return float((weights[..., 0] * cross_entropy(logits, labels)).sum())

    assert relative_error(analytic, numerical_gradient(loss, logits)) < TOLERANCE


@given(st.lists(st.floats(0, 10), min_size=1, max_size=3), SEED)
@settings(max_examples=25, deadline=None)
def test_l2(strengths, seed):
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=(len(strengths), 6))
    penalty = stacked([L2(strength) for strength in strengths])
    scale = rng.random((len(strengths), 1)) + 0.5
    before = rng.normal(size=weights.shape)
    gradient = before.copy()
    penalty.add_gradient(weights, gradient, scale, Scratch(np.float64))
    numerical = numerical_gradient(lambda: float((scale * penalty.value(weights)).sum()), weights)
    assert np.abs(gradient - before - numerical).max() < TOLERANCE * max(1, np.abs(numerical).max())


@pytest.mark.parametrize("activation", [ReLU(), Sigmoid(), Tanh()])
@pytest.mark.parametrize("norm", [None, BatchNorm], ids=["plain", "batch_norm"])
@pytest.mark.parametrize("dropout", [None, Dropout(0.3)], ids=["whole", "dropout"])
def test_whole_network(activation, norm, dropout):
    """The mean loss of a batch, through every layer, with respect to every parameter and input."""
    rng = np.random.default_rng(3)
    network = mlp(5, [7, 6], 4, activation=activation, norm=norm, dropout=dropout)
    params, states = network.init([np.random.default_rng(r) for r in (1, 2)], np.float64)
    # Small biases keep inputs away from the kink of the ReLU.
    params.flat += rng.normal(0, 0.05, params.flat.shape)
    x = rng.normal(size=(2, 9, 5))
    labels = rng.integers(0, 4, (2, 9))

    def forward():
        masks = [np.random.default_rng([5, r]) for r in (1, 2)]
        copies = [{name: v.copy() for name, v in state.items()} for state in states]
        return network.forward(
            params.layers, copies, x, train=True, rng=masks, scratch=Scratch(np.float64)
        )

    logits, caches = forward()
    dlogits = softmax_minus_target(logits, np.eye(4)[labels], 1 / 9, Scratch(np.float64))
    grads = params.like(np.empty_like(params.flat))
    dx = network.backward(
        params.layers,
        caches,
        dlogits,
        grads=grads.layers,
        scratch=Scratch(np.float64),
        input_gradient=True,
    )

    def loss():
        return float(cross_entropy(forward()[0], labels).mean(axis=1).sum())

    assert relative_error(grads.flat, numerical_gradient(loss, params.flat)) < TOLERANCE
    assert relative_error(dx, numerical_gradient(loss, x)) < TOLERANCE


def test_central_differences_need_float64():
    with pytest.raises(ValueError, match="float32; central differences need float64"):
        numerical_gradient(lambda: 0.0, np.zeros(2, np.float32))
