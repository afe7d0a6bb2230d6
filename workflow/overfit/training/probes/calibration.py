"""Whether a network is as often right as it says: calibration on test images.

With the probabilities `p` (n, K) of the n test images, in evaluation mode; with
`dropout.monte_carlo`, those whose accuracies the history has. The confidence is the highest
probability of an image.

* `ece`, the expected calibration error: images are divided by their confidence into 15 bins of
  equal width, open below and closed above, and
  `ECE = sum over bins of n_b / n |accuracy_b - mean confidence_b|`, from 0 to 1;
* `overconfidence`: the mean confidence minus the accuracy, from -1 to 1;
* `brier`, the Brier score: `mean over images of sum_k (p_k - y_k)^2`, where y_k is 1 for the right
  class and else 0; from 0 to 2.

For diagrams of reliability, the table of measurements also has `reliability_n`,
`reliability_accuracy` and `reliability_confidence` of each bin that has images, with its number
from 1 to 15 as `layer`; they are no metrics.

Sources: Guo et al. (2017), On calibration of modern neural networks; Brier (1950), Verification of
forecasts expressed in terms of probability.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from overfit.metrics.table import Metric, Quantity, percentage
from overfit.training.probes import Measurement, Snapshot

BINS = 15
QUANTITIES = {
    "ece": Quantity(
        percentage(
            "Calibration error",
            better="lower",
            meaning="expected calibration error: by how much confidence and accuracy differ on "
            f"test images, the mean of {BINS} bins of confidence",
        ),
        positive=True,
        whole=True,
        layers=False,
    ),
    "overconfidence": Quantity(
        percentage(
            "Overconfidence",
            "points",
            better="lower",
            meaning="mean confidence minus accuracy on test images",
            bounds=(-1.0, 1.0),
        ),
        whole=True,
        layers=False,
    ),
    "brier": Quantity(
        Metric(
            "Brier score",
            better="lower",
            meaning="mean squared error of the probabilities of all classes on test images, 0 to 2",
            bounds=(0.0, 2.0),
        ),
        positive=True,
        whole=True,
        layers=False,
    ),
}


def measure(snapshot: Snapshot) -> Iterator[Measurement]:
    """See the module."""
    p, labels = snapshot.probabilities("test"), snapshot.examples("test").labels
    right = p.argmax(axis=-1) == labels
    confidence = p.max(axis=-1)
    bins = np.linspace(0, 1, BINS + 1)[:-1].searchsorted(confidence, side="left")
    n, accurate, confident = (
        np.bincount(bins, weights, BINS + 1)[1:] for weights in (None, right, confidence)
    )
    yield Measurement(0, "ece", float(np.abs(accurate - confident).sum() / len(labels)))
    yield Measurement(0, "overconfidence", float((confidence - right).mean()))
    own = p[np.arange(len(labels)), labels]
    squares = np.square(p).sum(axis=-1) - 2 * own + 1
    yield Measurement(0, "brier", float(squares.mean()))
    for b in np.flatnonzero(n):
        yield Measurement(int(b) + 1, "reliability_n", float(n[b]))
        yield Measurement(int(b) + 1, "reliability_accuracy", float(accurate[b] / n[b]))
        yield Measurement(int(b) + 1, "reliability_confidence", float(confident[b] / n[b]))
