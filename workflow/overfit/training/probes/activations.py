"""The outputs of the activations of each hidden layer.

Measured in evaluation mode (running statistics, no dropout) on the replicate's first 256 validation
examples, or on all if they are fewer; subsets are shuffled, so the first are a random sample. Y
(examples, units) is the output of the activation, before any dropout or normalization after it.
For each hidden layer:

* `activation_mean`, `activation_std`: mean and standard deviation of all numbers in Y;
* `dead`: share of units whose outputs are below 1e-6 in absolute value for all examples. For ReLU
  that means 0: no gradient reaches such a unit's weights;
* `bin_<low>`: share of the numbers in Y in the bin that begins at `low`. Bins are 0.1 wide from -1
  to 1 and wider outside: they begin at -inf, -1.0, -0.9, ... 0.9, 1.0, 2.0, 5.0 and 10.0, contain
  their low end and not their high end, and sum to 1. Only 1 itself belongs to the bin from 0.9, so
  that saturated sigmoid and tanh units are inside the range of their function.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from overfit.metrics.table import Metric, Quantity, percentage
from overfit.nn.activations import Activation
from overfit.nn.affine import Affine
from overfit.nn.memory import Array
from overfit.training.probes import Measurement, Snapshot

EXAMPLES = 256
DEAD = 1e-6
LOW_ENDS = (-math.inf, *(tenth / 10 for tenth in range(-10, 11)), 2.0, 5.0, 10.0)
QUANTITIES = {
    "activation_mean": Quantity(Metric("Mean activation"), hidden=True),
    "activation_std": Quantity(
        Metric("Standard deviation of activations"), positive=True, hidden=True
    ),
    "dead": Quantity(percentage("Dead units"), hidden=True),
}
"""The bins are not metrics."""


def measure(snapshot: Snapshot) -> Iterator[Measurement]:
    """See the module."""
    number = 0
    x, _ = snapshot.first(snapshot.replicate.validation, EXAMPLES)
    for i, layer in enumerate(snapshot.network.layers):
        x, _ = layer.forward(
            snapshot.parameters.layers[i],
            snapshot.states[i],
            x,
            train=False,
            rng=(),
            scratch=snapshot.scratch.child(i),
        )
        if isinstance(layer, Affine):
            number += 1
        elif isinstance(layer, Activation):
            yield from _describe(number, x[0])


def _describe(layer: int, y: Array) -> Iterator[Measurement]:
    exact = y.astype(np.float64)
    mean = float(exact.mean())
    exact -= mean
    yield Measurement(layer, "activation_mean", mean)
    yield Measurement(layer, "activation_std", math.sqrt(np.vdot(exact, exact) / y.size))
    largest = np.maximum(y.max(axis=0), -y.min(axis=0))
    yield Measurement(layer, "dead", float((largest < DEAD).mean()))
    for low, share in zip(LOW_ENDS, _histogram(y), strict=True):
        yield Measurement(layer, f"bin_{low}", share)


def _histogram(y: Array) -> list[float]:
    """Share of the numbers in y in each bin."""
    edges = np.asarray(LOW_ENDS[1:], y.dtype)
    edges[LOW_ENDS[1:].index(1.0)] = np.nextafter(y.dtype.type(1), y.dtype.type(2))
    below = np.searchsorted(np.sort(y, axis=None), edges, side="left")
    counts = np.diff(below, prepend=0, append=y.size)
    return [float(count) / y.size for count in counts]
