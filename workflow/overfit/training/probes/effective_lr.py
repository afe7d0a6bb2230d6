"""The angle by which a step turns weights whose scale the layer's output does not depend on.

* `effective_lr` of each affine layer: `lr_t / sum W^2`, where lr_t is the learning rate of the next
  update, including the schedule's factor; infinite if all weights are 0.

If a normalization follows a layer, the output stays the same when the weights grow, while the
gradient shrinks as 1 / |W|. So the step of plain SGD relative to the weights shrinks as
`lr / |W|^2`, and weight decay, which keeps |W| small, keeps this rate high. For layers without a
normalization, like the last one, and for optimizers that scale the gradient (AdaGrad, RMSProp,
Adam), the formula is the same but lacks this meaning.

Source: van Laarhoven (2017), L2 regularization versus batch and weight normalization.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from overfit.metrics.table import Metric, Quantity
from overfit.training.probes import Measurement, Snapshot

QUANTITIES = {"effective_lr": Quantity(Metric("Effective learning rate"), positive=True)}


def measure(snapshot: Snapshot) -> Iterator[Measurement]:
    """See the module."""
    for layer, W in snapshot.weights():
        exact = W.astype(np.float64)
        square = float(np.vdot(exact, exact))
        yield Measurement(layer, "effective_lr", snapshot.lr / square if square else math.inf)
