"""Loss and accuracy of a network on a set of examples, and its predictions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from overfit.nn.checks import at_least_1
from overfit.nn.layer import Arrays, Generators
from overfit.nn.loss import cross_entropy
from overfit.nn.network import Network
from overfit.nn.scratch import Array, Scratch
from overfit.training.examples import Examples


def evaluate(
    network: Network,
    params: Sequence[Arrays],
    states: Sequence[Arrays],
    examples: Examples,
    scratch: Scratch,
) -> tuple[float, float]:
    """Mean cross-entropy (nats) and accuracy of one replicate; NaN both if a loss is not finite.

    One replicate is evaluated at a time: `params` and `states` have a replicate axis of length 1.
    """
    loss = 0.0
    correct = 0
    for inputs, labels in examples.chunks(scratch):
        logits, _ = network.forward(params, states, inputs, train=False, scratch=scratch)
        loss += float(cross_entropy(logits, labels).sum(dtype=np.float64))
        correct += int((logits.argmax(axis=-1) == labels).sum())
    if not np.isfinite(loss):
        return float("nan"), float("nan")
    return loss / len(examples), correct / len(examples)


def predict(
    network: Network,
    params: Sequence[Arrays],
    states: Sequence[Arrays],
    examples: Examples,
    scratch: Scratch,
    rng: Generators = (),
) -> Array:
    """Probabilities (n, K) of one replicate; `rng` is for dropout in evaluation, if any."""
    chunks = []
    for inputs, _ in examples.chunks(scratch):
        logits, _ = network.forward(params, states, inputs, train=False, rng=rng, scratch=scratch)
        p = np.exp(logits[0] - logits[0].max(axis=-1, keepdims=True))
        chunks.append(p / p.sum(axis=-1, keepdims=True))
    return np.concatenate(chunks)


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
    """Mean probabilities (n, K) of `passes` evaluations with dropout sampled anew in each.

    Source: Gal and Ghahramani (2016), Dropout as a Bayesian approximation.
    """
    at_least_1("passes", passes)
    sampling = network.monte_carlo()
    total = predict(sampling, params, states, examples, scratch, [rng]).astype(np.float64)
    for _ in range(passes - 1):
        total += predict(sampling, params, states, examples, scratch, [rng])
    return total / passes
