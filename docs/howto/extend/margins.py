"""The probe `margins`: workflow/overfit/training/probes/margins.py.

The margin of an image is the logit of its class minus the largest other logit. It is positive if
the network is right, and larger if it is more certain. It is measured in evaluation mode on the
first 256 validation images of the replicate.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from overfit.metrics.table import Metric, Quantity
from overfit.training.probes import Measurement, Snapshot

EXAMPLES = 256
QUANTITIES = {
    "mean_margin": Quantity(Metric("Mean margin", "nats", "nats"), whole=True, layers=False),
    "least_margin": Quantity(Metric("Least margin", "nats", "nats"), whole=True, layers=False),
}


def measure(snapshot: Snapshot) -> Iterator[Measurement]:
    """The mean and the least margin; see the module."""
    x, labels = snapshot.first(snapshot.replicate.validation, EXAMPLES)
    logits, _ = snapshot.network.forward(
        snapshot.parameters.layers, snapshot.states, x, train=False, scratch=snapshot.scratch
    )
    own = np.take_along_axis(logits, labels[..., None], axis=-1)[..., 0]
    others = logits.copy()
    np.put_along_axis(others, labels[..., None], -np.inf, axis=-1)
    margins = own - others.max(axis=-1)
    yield Measurement(0, "mean_margin", float(margins.mean(dtype=float)))
    yield Measurement(0, "least_margin", float(margins.min()))
