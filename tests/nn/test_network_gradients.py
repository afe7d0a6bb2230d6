"""The gradient of whole networks against central differences of the mean loss."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overfit.nn import (
    GELU,
    BatchNorm,
    Dropout,
    LayerNorm,
    LeakyReLU,
    ReLU,
    RMSNorm,
    Scratch,
    Sigmoid,
    Tanh,
    WeightNorm,
    cross_entropy,
    mlp,
    softmax_minus_target,
    targets,
)
from overfit.nn.gradient_check import numerical_gradient, relative_error
from tests.nn.checking import TOLERANCE

NORMS = {
    "plain": None,
    "batch_norm": BatchNorm,
    "frozen_batch_norm": partial(BatchNorm, learned=False),
    "scalar_batch_norm": partial(BatchNorm, scalar=True),
    "layer_norm": LayerNorm,
    "rms_norm": RMSNorm,
}


def check_network(network, seed, *, replicates=2, batch=9, smoothing=0.0):
    """The mean loss of a batch, through every layer, with respect to every parameter and input."""
    rng = np.random.default_rng(seed)
    params, states = network.init(
        [np.random.default_rng([seed, r]) for r in range(replicates)], np.float64
    )
    params.flat += rng.normal(0, 0.05, params.flat.shape)  # biases, gammas and betas, too
    n_in = params.layers[[bool(p) for p in params.layers].index(True)]["W"].shape[1]
    x = rng.normal(size=(replicates, batch, n_in))
    labels = rng.integers(0, network.n_out, (replicates, batch))

    def forward():
        masks = [np.random.default_rng([seed, 5, r]) for r in range(replicates)]
        copies = [{name: v.copy() for name, v in state.items()} for state in states]
        return network.forward(
            params.layers, copies, x, train=True, rng=masks, scratch=Scratch(np.float64)
        )

    logits, caches = forward()
    target = targets(labels, network.n_out, np.float64, smoothing)
    dlogits = softmax_minus_target(logits, target, 1 / batch, Scratch(np.float64))
    grads = params.like(np.full_like(params.flat, np.nan))
    dx = network.backward(
        params.layers,
        caches,
        dlogits,
        grads=grads.layers,
        scratch=Scratch(np.float64),
        input_gradient=True,
    )

    def loss():
        return float(cross_entropy(forward()[0], labels, smoothing).mean(axis=1).sum())

    assert relative_error(dx, numerical_gradient(loss, x)) < TOLERANCE
    numerical = params.like(numerical_gradient(loss, params.flat))
    for layer, own, other in zip(network.layers, grads.layers, numerical.layers, strict=True):
        if not getattr(layer, "learned", True):
            assert not any(value.any() for value in own.values())
            for value in other.values():  # out of the comparison: these are not to be learned
                value[:] = 0
    assert relative_error(grads.flat, numerical.flat) < TOLERANCE


# Smooth activations only: where random inputs come within 1e-5 of a kink, differences mean nothing.
@given(
    activation=st.sampled_from([Sigmoid(), Tanh(), GELU()]),
    norm=st.sampled_from(list(NORMS)),
    place=st.sampled_from(["before", "after"]),
    dropout=st.sampled_from(
        [None, Dropout(0.3), Dropout(0.5, "test_time"), Dropout(0.3, input=0.2)]
    ),
    hidden=st.lists(st.integers(3, 5), min_size=1, max_size=2),
    replicates=st.integers(1, 2),
    smoothing=st.sampled_from([0.0, 0.1]),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=40, deadline=None)
def test_smooth_networks(
    activation,
    norm,
    place,
    dropout,
    hidden,
    replicates,
    smoothing,
    seed,
):
    # An eps of 0.5 bounds the curvature where few units or dropout leave hardly any variance:
    # with 1e-5 the error of central differences would exceed the tolerance.
    make_norm = NORMS[norm] and partial(NORMS[norm], eps=0.5, place=place)
    network = mlp(
        3,
        hidden,
        4,
        activation=activation,
        norm=make_norm,
        dropout=dropout,
    )
    check_network(network, seed, replicates=replicates, batch=8, smoothing=smoothing)


@pytest.mark.parametrize("dropout", [None, Dropout(0.3, layers="last")], ids=["whole", "dropout"])
def test_networks_with_weight_norm(dropout):
    network = mlp(5, [6, 5], 4, activation=Tanh(), norm=lambda n: WeightNorm(), dropout=dropout)
    assert [type(layer) for layer in network.layers].count(WeightNorm) == 2
    check_network(network, 4)


@pytest.mark.parametrize("activation", [ReLU(), LeakyReLU(0.1)], ids=repr)
@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("norm", NORMS)
@pytest.mark.parametrize("dropout", [None, Dropout(0.3)], ids=["whole", "dropout"])
def test_networks_with_a_kink(activation, place, norm, dropout):
    network = mlp(
        5,
        [6, 5],
        4,
        activation=activation,
        norm=NORMS[norm] and partial(NORMS[norm], place=place),
        dropout=dropout,
    )
    check_network(network, 3)
