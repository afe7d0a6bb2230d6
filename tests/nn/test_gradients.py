"""The gradient of every layer against central differences, in float64, with random cotangents."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overfit.nn import (
    GELU,
    Affine,
    BatchNorm,
    Dropout,
    GroupNorm,
    LayerNorm,
    LeakyReLU,
    ReLU,
    RMSNorm,
    Scratch,
    Sigmoid,
    Tanh,
    WeightNorm,
    cross_entropy,
    softmax_minus_target,
    targets,
)
from overfit.nn.gradient_check import numerical_gradient, relative_error
from tests.nn.checking import TOLERANCE, away_from_zero, check_layer, spread, steepest

REPLICATES = st.integers(1, 3)
BATCH = st.integers(2, 6)
UNITS = st.integers(1, 5)
SEED = st.integers(0, 2**32 - 1)
BOTH_MODES = pytest.mark.parametrize("train", [True, False], ids=["training", "evaluation"])


@given(REPLICATES, BATCH, UNITS, UNITS, SEED)
@settings(max_examples=20, deadline=None)
def test_affine(replicates, batch, n_in, n_out, seed):
    x = np.random.default_rng(seed).normal(size=(replicates, batch, n_in))
    check_layer(Affine(n_in, n_out), x, seed)


@pytest.mark.parametrize("layer", [ReLU(), Sigmoid(), Tanh(), GELU()], ids=repr)
@given(replicates=REPLICATES, batch=BATCH, n=UNITS, seed=SEED)
@settings(max_examples=20, deadline=None)
def test_activations(layer, replicates, batch, n, seed):
    x = away_from_zero(np.random.default_rng(seed).normal(size=(replicates, batch, n)))
    check_layer(layer, x, seed)


@given(st.floats(0, 1), REPLICATES, BATCH, UNITS, SEED)
@settings(max_examples=20, deadline=None)
def test_leaky_relu(leak, replicates, batch, n, seed):
    x = away_from_zero(np.random.default_rng(seed).normal(size=(replicates, batch, n)))
    check_layer(LeakyReLU(leak), x, seed)


@BOTH_MODES
@given(
    learned=st.booleans(),
    scalar=st.booleans(),
    eps=st.sampled_from([1e-8, 1e-5, 1e-2]),
    replicates=REPLICATES,
    batch=st.integers(2, 8),
    n=UNITS,
    seed=SEED,
)
@settings(max_examples=40, deadline=None)
def test_batch_norm(train, learned, scalar, eps, replicates, batch, n, seed):
    """Frozen gamma and beta get a gradient of exactly 0, which `check_layer` asks for."""
    x = spread(np.random.default_rng(seed), (replicates, batch, n), axis=1)

    # A batch of two gives x-hat = (-1, 1) whatever x is, up to eps: dx is 0 but for rounding, and
    # an error relative to it is noise. The terms that cancel are the scale.
    check_layer(
        BatchNorm(n, eps=eps, learned=learned, scalar=scalar),
        x,
        seed,
        train=train,
        dx_scale=steepest(x, 1, eps) if train and batch == 2 else None,
    )


@given(REPLICATES, BATCH, st.integers(3, 7), SEED)
@settings(max_examples=25, deadline=None)
def test_layer_norm(replicates, batch, n, seed):
    x = spread(np.random.default_rng(seed), (replicates, batch, n), axis=2)
    check_layer(LayerNorm(n), x, seed)


@given(REPLICATES, BATCH, st.integers(1, 3), st.integers(3, 5), SEED)
@settings(max_examples=25, deadline=None)
def test_group_norm(replicates, batch, groups, units, seed):
    x = spread(np.random.default_rng(seed), (replicates, batch * groups, units), axis=2)
    check_layer(GroupNorm(groups * units, groups=groups), x.reshape(replicates, batch, -1), seed)


@given(REPLICATES, BATCH, st.integers(2, 7), SEED)
@settings(max_examples=25, deadline=None)
def test_rms_norm(replicates, batch, n, seed):
    x = np.random.default_rng(seed).normal(1.0, 1.0, (replicates, batch, n))
    check_layer(RMSNorm(n), x, seed)


@given(REPLICATES, BATCH, st.integers(2, 5), UNITS, SEED)
@settings(max_examples=25, deadline=None)
def test_weight_norm(replicates, batch, n_in, n_out, seed):
    x = np.random.default_rng(seed).normal(size=(replicates, batch, n_in))
    check_layer(WeightNorm(n_in, n_out), x, seed)


@pytest.mark.parametrize("n", [1, 2])
def test_layer_norm_of_one_and_two_units_passes_on_no_gradient(n):
    """One unit is 0 and two are -1 and 1 whatever x is, up to eps: as a batch of two above."""
    x = spread(np.random.default_rng(n), (2, 4, n), axis=2)

    check_layer(LayerNorm(n), x, n, dx_scale=steepest(x, 2, 1e-5))


@pytest.mark.parametrize("scaling", ["inverted", "test_time"])
@BOTH_MODES
@given(rate=st.floats(0, 0.9), replicates=REPLICATES, seed=SEED)
@settings(max_examples=15, deadline=None)
def test_dropout(scaling, train, rate, replicates, seed):
    x = np.random.default_rng(seed).normal(size=(replicates, 4, 5))
    check_layer(Dropout(rate, scaling), x, seed, train=train)


@given(REPLICATES, BATCH, st.integers(2, 6), st.floats(0, 0.9), SEED)
@settings(max_examples=25, deadline=None)
def test_cross_entropy_with_label_smoothing(replicates, batch, classes, smoothing, seed):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 3, (replicates, batch, classes))
    labels = rng.integers(0, classes, (replicates, batch))
    weights = rng.random((replicates, 1, 1)) + 0.5
    target = targets(labels, classes, np.float64, smoothing)
    analytic = softmax_minus_target(logits, target, weights, Scratch(np.float64))

    def loss():
        return float((weights[..., 0] * cross_entropy(logits, labels, smoothing)).sum())

    assert relative_error(analytic, numerical_gradient(loss, logits)) < TOLERANCE


def test_central_differences_need_float64():
    with pytest.raises(ValueError, match="float32; central differences need float64"):
        numerical_gradient(lambda: 0.0, np.zeros(2, np.float32))
