"""Loss and accuracy of a network on a set of examples, and its predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from overfit.nn.checks import at_least_1
from overfit.nn.loss import cross_entropy
from overfit.nn.memory import Array, Arrays, Generators, Scratch
from overfit.nn.network import Network
from overfit.training.examples import CHUNK, Examples, chunks
from overfit.training.live import live_first, multiplied

AT_ONCE = 1 << 19
"""The largest values of a layer, in bytes, when several replicates are evaluated at once. Small
networks then share the cost of Python; larger ones would lose more in the cache."""

FIXED = -1
"""Scratch memory of the layers before the first dropout; that of the others begins at 0."""


def evaluate(
    network: Network,
    params: Sequence[Arrays],
    states: Sequence[Arrays],
    examples: Examples,
    scratch: Scratch,
) -> tuple[float, float]:
    """Mean cross-entropy (nats) and accuracy of one replicate; both NaN if a loss is not finite.

    `params` and `states` have a replicate axis of length 1.
    """
    [score] = evaluate_stack(network, params, states, [examples], scratch)
    return score


def evaluate_stack(
    network: Network,
    params: Sequence[Arrays],
    states: Sequence[Arrays],
    examples: Sequence[Examples],
    scratch: Scratch,
) -> list[tuple[float, float]]:
    """Loss and accuracy of each of R replicates on its own examples, bit for bit as `evaluate`.

    Small replicates with equal numbers of examples and of live inputs are evaluated together.
    """
    scores: list[tuple[float, float]] = []
    width = _width(network, examples)
    for start in range(0, len(examples), width):
        some = slice(start, start + width)
        own_params, own_states = (
            [{name: array[some] for name, array in layer.items()} for layer in layers]
            for layers in (params, states)
        )
        narrow, own_params, own = multiplied(network, own_params, examples[some])
        count = len(own[0])
        losses, correct = np.zeros(len(own)), np.zeros(len(own), int)
        for inputs, labels in chunks(own, scratch):
            logits = narrow.logits(own_params, own_states, inputs, scratch=scratch)
            losses += cross_entropy(logits, labels).sum(axis=-1, dtype=np.float64)
            correct += (logits.argmax(axis=-1) == labels).sum(axis=-1)
        scores += [
            (loss / count, right / count) if np.isfinite(loss) else (float("nan"), float("nan"))
            for loss, right in zip(losses.tolist(), correct.tolist(), strict=True)
        ]
    return scores


def _width(network: Network, examples: Sequence[Examples]) -> int:
    """The number of replicates to evaluate at once."""
    first = examples[0]
    _, live = live_first(network, first)
    alike = (len(first), first.dtype, live)
    if any((len(e), e.dtype, live_first(network, e)[1]) != alike for e in examples):
        return 1
    widths = [getattr(layer, "n_out", 0) for layer in network.layers]
    row = max(live, *widths) * first.dtype.itemsize
    return max(1, AT_ONCE // (row * min(len(first), CHUNK)))


def predict(
    network: Network,
    params: Sequence[Arrays],
    states: Sequence[Arrays],
    examples: Examples,
    scratch: Scratch,
    rng: Generators = (),
) -> Array:
    """Probabilities (n, K) of one replicate; `rng` is for dropout in evaluation, if any."""
    parts = []
    network, params, [examples] = multiplied(network, params, [examples])
    for inputs, _ in examples.chunks(scratch):
        logits = network.logits(params, states, inputs, rng=rng, scratch=scratch)
        parts.append(softmax(logits[0]))
    return np.concatenate(parts)


def predict_monte_carlo(
    network: Network,
    params: Sequence[Arrays],
    states: Sequence[Arrays],
    examples: Examples,
    scratch: Scratch,
    *,
    passes: int,
    rng: np.random.Generator,
) -> Array:
    """Mean probabilities (n, K) of `passes` evaluations, each with other dropped units.

    The layers before the first dropout are the same in every pass and computed once.

    Source: Gal and Ghahramani (2016), Dropout as a Bayesian approximation.
    """
    at_least_1("passes", passes)
    fixed, sampling = network.monte_carlo()
    n = len(fixed.layers)
    parts = []
    for inputs, _ in examples.chunks(scratch):
        own = scratch.child(FIXED)
        x, _ = fixed.forward(params[:n], states[:n], inputs, train=False, scratch=own)
        total = np.zeros((len(x[0]), network.n_out))
        for _ in range(passes):
            logits, _ = sampling.forward(
                params[n:], states[n:], x, train=False, rng=[rng], scratch=scratch
            )
            total += softmax(logits[0])
        parts.append(total / passes)
    return np.concatenate(parts)


def score(probabilities: Array, labels: NDArray[np.integer[Any]]) -> tuple[float, float]:
    """Mean cross-entropy (nats) `-mean log p[label]`, and accuracy; both NaN if p is not finite.

    For an ensemble, score the mean of its members: `score(predictions.mean(axis=0), labels)`.
    A probability that was rounded to 0 counts as the smallest positive number of its type, so that
    a single example does not make the loss infinite.

    Args:
        probabilities: (n, K).
        labels: (n,), from 0 to K - 1.
    """
    if not np.isfinite(probabilities).all():
        return float("nan"), float("nan")
    chosen = probabilities[np.arange(len(labels)), labels]
    smallest = np.finfo(probabilities.dtype).smallest_subnormal
    losses = -np.log(np.maximum(chosen, smallest), dtype=np.float64)
    return float(losses.mean()), float((probabilities.argmax(axis=-1) == labels).mean())


def softmax(logits: Array) -> Array:
    """The softmax of logits (B, K)."""
    p = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)
