"""The parts of the core that have a gradient, each with a function of its inputs to check it on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from overfit import nn, parts
from overfit.nn.scratch import Array

UNITS = 5
BATCH = 7
CLASSES = 4
MASK_SEED = 11
"""Dropout draws the same mask in every evaluation: the function under test must not change."""


@dataclass(frozen=True)
class Differentiable:
    """A function of some arrays, and what the core says its gradient is.

    Attributes:
        value: the function, at the arrays as they are now.
        arrays: what it is a function of, by name; float64, changed in place.
        gradients: the core's gradient with respect to each.
    """

    value: Callable[[], float]
    arrays: dict[str, Array]
    gradients: dict[str, Array]


@dataclass(frozen=True)
class Part:
    """A layer, loss, penalty or network, and how to make it `Differentiable` at a random point."""

    kind: str
    name: str
    at_random: Callable[[np.random.Generator], Differentiable]


def _layer(layer: nn.Layer, rng: np.random.Generator, *, train: bool = True) -> Differentiable:
    """`sum(cotangent * y)`, since a sum with weights of 1 is blind to errors that cancel."""
    x = _away_from_zero(rng.normal(size=(1, BATCH, UNITS)))
    params, state = ({k: v[None] for k, v in made.items()} for made in layer.init(rng))
    for value in (*params.values(), *state.values()):
        value += 0.5 * rng.random(value.shape)

    def forward() -> tuple[Array, object]:
        mask = [np.random.default_rng(MASK_SEED)]
        kept = {name: value.copy() for name, value in state.items()}
        scratch = nn.Scratch(np.float64)
        return layer.forward(params, kept, x, train=train, rng=mask, scratch=scratch)

    y, cache = forward()
    cotangent = rng.normal(size=y.shape)
    gradients = {name: np.zeros_like(value) for name, value in params.items()}
    scratch = nn.Scratch(np.float64)
    dx = layer.backward(params, cache, cotangent, grads=gradients, scratch=scratch)
    assert dx is not None  # noqa: S101 - only a call without input_gradient gives None
    return Differentiable(
        lambda: float((cotangent * forward()[0]).sum()),
        {"x": x, **params},
        {"x": dx, **gradients},
    )


def _mistaken_batch_norm(rng: np.random.Generator) -> Differentiable:
    """Batch normalization with the gradient of one who takes mean and variance for constants."""
    layer = nn.BatchNorm(UNITS)
    function = _layer(layer, rng)
    x, gamma = function.arrays["x"], function.arrays["gamma"]
    slope = gamma / np.sqrt(x.var(axis=1, keepdims=True) + layer.eps)
    cotangent = np.random.default_rng(MASK_SEED).normal(size=x.shape)

    def value() -> float:
        centred = x - x.mean(axis=1, keepdims=True)
        y = gamma * centred / np.sqrt(x.var(axis=1, keepdims=True) + layer.eps)
        return float((cotangent * y).sum())

    return Differentiable(value, {"x": x}, {"x": slope * cotangent})


def _loss(smoothing: float, rng: np.random.Generator) -> Differentiable:
    """The mean loss of a batch."""
    logits = rng.normal(0, 3, (1, BATCH, CLASSES))
    labels = rng.integers(0, CLASSES, (1, BATCH))
    target = nn.targets(labels, CLASSES, np.float64, smoothing)
    gradient = nn.softmax_minus_target(logits, target, 1 / BATCH, nn.Scratch(np.float64))
    return Differentiable(
        lambda: float(nn.cross_entropy(logits, labels, smoothing).mean()),
        {"logits": logits},
        {"logits": gradient.copy()},
    )


def _penalty(penalties: Sequence[nn.Penalty], rng: np.random.Generator) -> Differentiable:
    weights = _away_from_zero(rng.normal(size=(1, 4 * UNITS)))
    gradient = np.zeros_like(weights)
    for penalty in penalties:
        penalty.add_gradient(weights, gradient, 1.0, nn.Scratch(np.float64))
    return Differentiable(
        lambda: float(sum(penalty.value(weights).sum() for penalty in penalties)),
        {"W": weights},
        {"W": gradient},
    )


def _network(network: nn.Network, rng: np.random.Generator) -> Differentiable:
    """The mean loss of a batch through every layer, with respect to all parameters at once."""
    params, states = network.init([rng], np.float64)
    params.flat += rng.normal(0, 0.05, params.flat.shape)
    x = rng.normal(size=(1, BATCH, UNITS))
    labels = rng.integers(0, CLASSES, (1, BATCH))

    def forward() -> tuple[Array, list[object]]:
        mask = [np.random.default_rng(MASK_SEED)]
        kept = [{name: value.copy() for name, value in state.items()} for state in states]
        scratch = nn.Scratch(np.float64)
        return network.forward(params.layers, kept, x, train=True, rng=mask, scratch=scratch)

    logits, caches = forward()
    target = nn.targets(labels, CLASSES, np.float64)
    dlogits = nn.softmax_minus_target(logits, target, 1 / BATCH, nn.Scratch(np.float64))
    gradients = params.like(np.zeros_like(params.flat))
    scratch = nn.Scratch(np.float64)
    network.backward(params.layers, caches, dlogits, grads=gradients.layers, scratch=scratch)
    return Differentiable(
        lambda: float(nn.cross_entropy(forward()[0], labels).mean()),
        {"parameters": params.flat},
        {"parameters": gradients.flat},
    )


def _away_from_zero(x: Array, distance: float = 0.15) -> Array:
    """Where |x| has its kink, a central difference across it means nothing."""
    return np.where(np.abs(x) < distance, np.copysign(distance, x), x)


LAYERS: dict[str, nn.Layer] = {
    "Affine": nn.Affine(UNITS, 3),
    "ReLU": nn.ReLU(),
    "Leaky ReLU": nn.LeakyReLU(0.1),
    "Sigmoid": nn.Sigmoid(),
    "Tanh": nn.Tanh(),
    "GELU": nn.GELU(),
    "Batch norm": nn.BatchNorm(UNITS),
    "Batch norm, scalar gamma": nn.BatchNorm(UNITS, scalar=True),
    "Layer norm": nn.LayerNorm(UNITS),
    "Dropout": nn.Dropout(0.3),
}
PENALTIES: dict[str, Sequence[nn.Penalty]] = {
    "L1": [nn.L1(0.1)],
    "L2": [nn.L2(0.1)],
    "Elastic net": nn.elastic_net(0.1, 0.1),
    **{f"Lp, p = {p:g}": [nn.Lp(p, 0.1)] for p in (0.5, 1.5, 3, 4)},
}
NETWORK = nn.mlp(UNITS, [6, 6], CLASSES, norm=nn.BatchNorm, dropout=nn.Dropout(0.2))

OWN = {
    kind: {name: parts.example(part, n=UNITS) for name, part in parts.parts(kind).items()}
    for kind in ("activations", "layers", "penalties")
}
"""What stands in files of its own, see `overfit.parts`."""

PARTS = (
    *(Part("layer", name, partial(_layer, layer)) for name, layer in LAYERS.items()),
    Part(
        "layer",
        "Batch norm, evaluation",
        partial(_layer, nn.BatchNorm(UNITS), train=False),
    ),
    *(
        Part("layer", name, partial(_layer, layer))
        for name, layer in (OWN["activations"] | OWN["layers"]).items()
    ),
    Part("loss", "Cross-entropy", partial(_loss, 0.0)),
    Part("loss", "Cross-entropy, smoothed", partial(_loss, 0.1)),
    *(Part("penalty", name, partial(_penalty, terms)) for name, terms in PENALTIES.items()),
    *(Part("penalty", name, partial(_penalty, [own])) for name, own in OWN["penalties"].items()),
    Part(
        "network",
        "Whole network",
        partial(_network, NETWORK),
    ),
)
"""Everything that has a gradient."""

MISTAKE = Part("mistake", "Batch norm, wrong", _mistaken_batch_norm)
"""What the check is for: the usual mistake in batch normalization's backward pass."""
