"""Analytic against numerical gradients of every part of the core: a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from overfit import nn
from overfit.config.parts import example, label, parts
from overfit.nn.gradient_check import relative_error
from overfit.nn.memory import Array, Arrays
from overfit.streams import Purpose, stream

STEPS = tuple(10.0 ** (-exponent / 2) for exponent in range(2, 23))
"""From 0.1 down to 1e-11, two per decade."""
UNITS = 6
BATCH = 7
CLASSES = 4
MASK_SEED = 11
"""Dropout uses the same mask in every evaluation: the function under test must not change."""


@dataclass(frozen=True)
class Differentiable:
    """A function of some arrays, and its gradient according to the core.

    Attributes:
        value: the function, of shape (R,), at R replicates of its arguments.
        arrays: its arguments by name; float64, of one replicate: (1, ...).
        gradients: the core's gradient with respect to each.
    """

    value: Callable[[Mapping[str, Array]], Array]
    arrays: dict[str, Array]
    gradients: dict[str, Array]


@dataclass(frozen=True)
class Part:
    """A layer, loss, penalty or network, as a `Differentiable` at a random point."""

    kind: str
    name: str
    at_random: Callable[[np.random.Generator], Differentiable]


def _layer(layer: nn.Layer, rng: np.random.Generator, *, train: bool = True) -> Differentiable:
    """`sum(cotangent * y)`, because a sum with weights of 1 would miss errors that cancel."""
    x = _away_from_zero(rng.normal(size=(1, BATCH, UNITS)))
    params, state = ({k: v[None] for k, v in made.items()} for made in layer.init(rng))
    for one in (*params.values(), *state.values()):
        one += 0.5 * rng.random(one.shape)

    def forward(params: Arrays, x: Array) -> tuple[Array, object]:
        kept = {name: value.repeat(len(x), axis=0) for name, value in state.items()}
        scratch = nn.Scratch(np.float64)
        return layer.forward(params, kept, x, train=train, rng=_masks(x), scratch=scratch)

    def value(arrays: Mapping[str, Array]) -> Array:
        y, _ = forward({name: arrays[name] for name in params}, arrays["x"])
        return (cotangent * y).sum(axis=(1, 2))

    y, cache = forward(params, x)
    cotangent = rng.normal(size=y.shape)
    gradients = {name: np.zeros_like(value) for name, value in params.items()}
    scratch = nn.Scratch(np.float64)
    dx = layer.backward(params, cache, cotangent, grads=gradients, scratch=scratch)
    assert dx is not None  # noqa: S101 - only a call without input_gradient gives None
    return Differentiable(value, {"x": x, **params}, {"x": dx, **gradients})


def _masks(x: Array) -> list[np.random.Generator]:
    """The same randomness for each replicate."""
    return [np.random.default_rng(MASK_SEED) for _ in x]


def _mistaken_batch_norm(rng: np.random.Generator) -> Differentiable:
    """Batch normalization with a wrong gradient: mean and variance are treated as constants."""
    layer = nn.BatchNorm(UNITS)
    function = _layer(layer, rng)
    x, gamma = function.arrays["x"], function.arrays["gamma"]
    slope = gamma / np.sqrt(x.var(axis=1, keepdims=True) + layer.eps)
    cotangent = np.random.default_rng(MASK_SEED).normal(size=x.shape)

    def value(arrays: Mapping[str, Array]) -> Array:
        x = arrays["x"]
        centred = x - x.mean(axis=1, keepdims=True)
        y = gamma * centred / np.sqrt(x.var(axis=1, keepdims=True) + layer.eps)
        return (cotangent * y).sum(axis=(1, 2))

    return Differentiable(value, {"x": x}, {"x": slope * cotangent})


def _loss(smoothing: float, rng: np.random.Generator) -> Differentiable:
    """The mean loss of a batch."""
    logits = rng.normal(0, 3, (1, BATCH, CLASSES))
    labels = rng.integers(0, CLASSES, (1, BATCH))
    target = nn.targets(labels, CLASSES, np.float64, smoothing)
    gradient = nn.softmax_minus_target(logits, target, 1 / BATCH, nn.Scratch(np.float64))

    def value(arrays: Mapping[str, Array]) -> Array:
        many = arrays["logits"]
        return nn.cross_entropy(many, labels.repeat(len(many), axis=0), smoothing).mean(axis=1)

    return Differentiable(
        value,
        {"logits": logits},
        {"logits": gradient.copy()},
    )


def _penalty(penalties: Sequence[nn.Penalty], rng: np.random.Generator) -> Differentiable:
    weights = _away_from_zero(rng.normal(size=(1, 4 * UNITS)))
    gradient = np.zeros_like(weights)
    for penalty in penalties:
        penalty.add_gradient(weights, gradient, 1.0, nn.Scratch(np.float64))
    return Differentiable(
        lambda arrays: np.sum([one.value(arrays["W"])[:, 0] for one in penalties], axis=0),
        {"W": weights},
        {"W": gradient},
    )


def _network(network: nn.Network, rng: np.random.Generator) -> Differentiable:
    """The mean loss of a batch through every layer, with respect to all parameters at once."""
    params, states = network.init([rng], np.float64)
    params.flat += rng.normal(0, 0.05, params.flat.shape)
    x = rng.normal(size=(1, BATCH, UNITS))
    labels = rng.integers(0, CLASSES, (1, BATCH))

    def forward(flat: Array) -> tuple[Array, list[object]]:
        many = len(flat)
        kept = [{name: v.repeat(many, axis=0) for name, v in state.items()} for state in states]
        return network.forward(
            params.like(flat).layers, kept, x.repeat(many, axis=0), train=True,
            rng=_masks(flat), scratch=nn.Scratch(np.float64),
        )  # fmt: skip

    def value(arrays: Mapping[str, Array]) -> Array:
        logits, _ = forward(arrays["parameters"])
        return nn.cross_entropy(logits, labels.repeat(len(logits), axis=0)).mean(axis=1)

    logits, caches = forward(params.flat)
    target = nn.targets(labels, CLASSES, np.float64)
    dlogits = nn.softmax_minus_target(logits, target, 1 / BATCH, nn.Scratch(np.float64))
    gradients = params.like(np.zeros_like(params.flat))
    scratch = nn.Scratch(np.float64)
    network.backward(params.layers, caches, dlogits, grads=gradients.layers, scratch=scratch)
    return Differentiable(
        value,
        {"parameters": params.flat},
        {"parameters": gradients.flat},
    )


def _away_from_zero(x: Array, distance: float = 0.15) -> Array:
    """Central differences are meaningless across the kink of |x|."""
    return np.where(np.abs(x) < distance, np.copysign(distance, x), x)


def _found(kind: str) -> Iterator[tuple[str, Any]]:
    """All parts of a kind at their examples, with their names for readers."""
    for name, part in parts(kind).items():
        words = label(kind, name)
        yield words[0].upper() + words[1:], example(kind, part, n=UNITS, n_in=UNITS, n_out=UNITS)


PARTS = (
    Part("layer", "Affine", partial(_layer, nn.Affine(UNITS, 3))),
    *(Part("layer", name, partial(_layer, one)) for name, one in _found("activations")),
    *(Part("layer", name, partial(_layer, one)) for name, one in _found("layers")),
    Part("layer", "Batch norm, scalar gamma", partial(_layer, nn.BatchNorm(UNITS, scalar=True))),
    Part("layer", "Batch norm, evaluation", partial(_layer, nn.BatchNorm(UNITS), train=False)),
    Part("loss", "Cross-entropy", partial(_loss, 0.0)),
    Part("loss", "Cross-entropy, smoothed", partial(_loss, 0.1)),
    *(
        Part("penalty", name, partial(_penalty, [one]))
        for name, one in _found("penalties")
        if isinstance(one, nn.Penalty)
    ),
    Part("penalty", "Elastic net", partial(_penalty, [nn.L1(0.1), nn.L2(0.1)])),
    *(Part("penalty", f"Lp, p = {p:g}", partial(_penalty, [nn.Lp(p, 0.1)])) for p in (1.5, 3, 4)),
    Part(
        "network",
        "Whole network",
        partial(
            _network,
            nn.mlp(  # smooth, as a step across a kink would have no derivative
                UNITS, [6, 6], CLASSES,
                activation=nn.Tanh(), norm=nn.BatchNorm, dropout=nn.Dropout(0.2),
            ),
        ),
    ),
)  # fmt: skip
"""Everything that has a gradient."""

MISTAKE = Part("mistake", "Batch norm, wrong", _mistaken_batch_norm)
"""What the check should find: the usual mistake in batch normalization's backward pass."""


def gradient_errors(
    parts: Sequence[Part] = (*PARTS, MISTAKE), steps: Sequence[float] = STEPS, seed: int = 0
) -> pd.DataFrame:
    """Compare the gradients of parts with central differences at one random point each, in float64.

    A central difference has two errors: that of the formula, of order h^2, and that of rounding, of
    order 1e-16 / h. A correct analytic gradient shows the sum of both, which is smallest near
    h = 1e-5. A wrong one shows a floor that no step goes below.

    Returns:
        One row per part, array and step: kind, part, array, step, relative_error (see
        `overfit.nn.gradient_check.relative_error`).
    """
    return pd.DataFrame(
        [row for number, part in enumerate(parts) for row in _rows(part, steps, seed + number)]
    )


def _rows(part: Part, steps: Sequence[float], seed: int) -> Iterator[dict[str, object]]:
    function = part.at_random(stream(0, Purpose.INIT, seed))
    with np.errstate(all="ignore"):
        for name in function.arrays:
            for step in steps:
                numerical = central_differences(function, name, step)
                yield {
                    "kind": part.kind,
                    "part": part.name,
                    "array": name,
                    "step": step,
                    "relative_error": relative_error(function.gradients[name], numerical),
                }


def central_differences(function: Differentiable, name: str, step: float) -> Array:
    """The gradient with respect to an array, by `overfit.nn.gradient_check.numerical_gradient`.

    All changed arrays are replicates of one call, as 2,500 elements at 21 steps are 100,000 calls.
    """
    array = function.arrays[name]
    count = array.size
    changed = array.repeat(2 * count, axis=0)
    above, below = changed.reshape(2, count, count)
    np.fill_diagonal(above, array.ravel() + step)
    np.fill_diagonal(below, array.ravel() - step)
    others = {other: one.repeat(2 * count, axis=0) for other, one in function.arrays.items()}
    values = function.value({**others, name: changed})
    return ((values[:count] - values[count:]) / (2 * step)).reshape(array.shape)
