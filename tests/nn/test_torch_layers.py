"""Layers and loss against PyTorch: outputs, gradients, running statistics."""

import numpy as np
import pytest

from overfit import nn
from overfit.nn.gradient_check import relative_error
from overfit.nn.network import Network
from tests.nn.checking import initial, masks
from tests.nn.torch_twin import fill, module, named, ours, tensor, torch

# Relative to the largest element of each array.
PRECISIONS = pytest.mark.parametrize(
    ("dtype", "tolerance"), [(np.float64, 1e-9), (np.float32, 1e-4)], ids=["float64", "float32"]
)
LAYERS = [
    nn.Affine(6, 4),
    nn.ReLU(),
    nn.LeakyReLU(0.2),
    nn.Sigmoid(),
    nn.Tanh(),
    nn.GELU(),
    nn.BatchNorm(6),
    nn.BatchNorm(6, momentum=0.3, eps=1e-3),
    nn.BatchNorm(6, learned=False),
    nn.BatchNorm(6, scalar=True),
    nn.LayerNorm(6),
    nn.LayerNorm(6, eps=1e-3),
    nn.GroupNorm(6, groups=2),
    nn.RMSNorm(6),
    nn.RMSNorm(6, eps=1e-3),
    nn.WeightNorm(6, 4),
    nn.Dropout(0.4),
    nn.Dropout(0.4, "test_time"),
]


def random_layer(layer, replicates, dtype):
    """Parameters away from their initial values, and PyTorch's modules with the same."""
    rng = np.random.default_rng(2)
    params, state = initial(layer, replicates, 1, dtype)
    if getattr(layer, "learned", True):
        for value in params.values():
            value += rng.random(value.shape).astype(dtype)
    modules = [module(layer, generator) for generator in masks(replicates, 3)]
    for r, made in enumerate(modules):
        made.to(tensor(np.zeros(0, dtype)).dtype)
        fill(layer, made, params, r)
    return params, state, modules


@PRECISIONS
@pytest.mark.parametrize("train", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_outputs_gradients_and_running_statistics(layer, train, dtype, tolerance):
    """After several batches in training, which move the running statistics of `BatchNorm`."""
    replicates = 2
    params, state, modules = random_layer(layer, replicates, dtype)
    rng, rngs = np.random.default_rng(4), masks(replicates, 3)
    for training in (True, True, True, train):
        x = rng.normal(1.0, 2.0, (replicates, 7, 6)).astype(dtype)
        scratch = nn.Scratch(dtype)
        y, cache = layer.forward(params, state, x, train=training, rng=rngs, scratch=scratch)
        dy = rng.normal(size=y.shape).astype(dtype)
        grads = {name: np.full_like(value, np.nan) for name, value in params.items()}
        dx = layer.backward(params, cache, dy, grads=grads, scratch=scratch)
        for r, peer in enumerate(modules):
            peer.train(training)
            peer.zero_grad()
            inputs = tensor(x[r]).requires_grad_()
            outputs = peer(inputs)
            outputs.backward(tensor(dy[r]))
            assert relative_error(y[r], outputs.detach().numpy()) < tolerance
            assert relative_error(dx[r], inputs.grad.numpy()) < tolerance
            for name, parameter in named(layer, peer).items():
                expected = ours(name, parameter.grad)
                assert relative_error(grads[name][r], expected) < tolerance, name
            for name, value in state.items():
                expected = getattr(peer, f"running_{name}").numpy()
                assert relative_error(value[r, 0], expected) < tolerance, name
    assert y.dtype == dx.dtype == dtype


@PRECISIONS
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.7])
def test_cross_entropy_with_label_smoothing(smoothing, dtype, tolerance):
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 5, (3, 11, 7)).astype(dtype)
    labels = rng.integers(0, 7, (3, 11))
    peer = tensor(logits.reshape(-1, 7)).requires_grad_()
    losses = torch.nn.functional.cross_entropy(
        peer, tensor(labels.ravel()), label_smoothing=smoothing, reduction="none"
    )
    losses.sum().backward()
    assert (
        relative_error(nn.cross_entropy(logits, labels, smoothing).ravel(), losses.detach().numpy())
        < tolerance
    )
    target = nn.targets(labels, 7, dtype, smoothing)
    dz = nn.softmax_minus_target(logits, target, 1.0, nn.Scratch(dtype))
    assert relative_error(dz.reshape(-1, 7), peer.grad.numpy()) < tolerance


def test_every_layer_is_compared():
    """A new layer is to be added above."""
    kinds = {type(layer) for layer in LAYERS}
    exported = {value for value in vars(nn).values() if isinstance(value, type)}
    layers = {kind for kind in exported if hasattr(kind, "forward") and hasattr(kind, "backward")}
    assert layers - kinds == {Network, nn.Layer, nn.Activation}
