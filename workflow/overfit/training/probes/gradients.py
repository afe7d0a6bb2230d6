"""The norm of the gradient in each layer, which shows whether gradients vanish or explode.

It is the gradient of the training objective, the mean loss (with label smoothing and weights of
classes) plus the penalties, at the current parameters, on one fixed batch: the replicate's first
`batch_size` training examples, or all if they are fewer. The network is in training mode, as for
the optimizer: batch normalization uses the statistics of the batch, and dropout drops units. The
measurement does not affect training: it updates copies of the running statistics, and its masks
come from a separate generator. That generator is created from the replicate's seed each time, so
the gradient changes only because the network does. Clipping, decoupled weight decay, constraints
and the learning rate belong to the step, not to the gradient.

* `gradient_norm` of layer k: `sqrt(sum g^2)` over the weights and biases of affine layer k and the
  gamma and beta of a normalization after it;
* `gradient_norm` of layer 0: the same over all parameters, so its square is the sum of the layers'
  squares. In nats per unit of parameter.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from overfit.metrics.table import Metric, Quantity
from overfit.nn.loss import softmax_minus_target, targets
from overfit.nn.memory import Parameters
from overfit.nn.penalties import Penalty
from overfit.training.probes import Measurement, Snapshot

QUANTITIES = {
    "gradient_norm": Quantity(Metric("Gradient norm", "nats per unit"), positive=True, whole=True)
}


def measure(snapshot: Snapshot) -> Iterator[Measurement]:
    """See the module."""
    squares = [0.0]
    for arrays in _gradient(snapshot).layers:
        if "W" in arrays:
            squares.append(0.0)
        squares[-1] += sum(float(np.vdot(g, g)) for g in arrays.values())
    yield Measurement(0, "gradient_norm", math.sqrt(sum(squares)))
    for layer, square in enumerate(squares[1:], start=1):
        yield Measurement(layer, "gradient_norm", math.sqrt(square))


def _gradient(snapshot: Snapshot) -> Parameters:
    """In float64, because squares of vanishing gradients underflow in float32."""
    parameters, scratch = snapshot.parameters, snapshot.scratch
    gradient = parameters.like(scratch("gradient", parameters.flat.shape))
    x, labels = snapshot.first(snapshot.replicate.train, snapshot.batch_size)
    logits, caches = snapshot.network.forward(
        parameters.layers,
        [{name: array.copy() for name, array in state.items()} for state in snapshot.states],
        x,
        train=True,
        rng=[np.random.default_rng(snapshot.replicate.seed)],
        scratch=scratch,
    )
    target = targets(labels, logits.shape[-1], logits.dtype, snapshot.label_smoothing)
    scale = np.full((*labels.shape, 1), 1 / labels.size, logits.dtype)
    if (weights := snapshot.replicate.class_weights) is not None:
        scale *= weights[labels][..., None]
    dlogits = softmax_minus_target(logits, target, scale, scratch)
    snapshot.network.backward(
        parameters.layers, caches, dlogits, grads=gradient.layers, scratch=scratch
    )
    for penalty in snapshot.replicate.penalties:
        if isinstance(penalty, Penalty):
            penalty.add_gradient(parameters.weights, gradient.weights, 1.0, scratch)
    return gradient.like(gradient.flat.astype(np.float64))
