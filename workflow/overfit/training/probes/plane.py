"""Decision boundaries in the plane of the first two features.

A grid of 30 by 30 points covers that plane as far as test examples lie in it, and a twentieth more
on each side; other features have their means over the test examples.

* `boundary`, the length of the boundaries between the predicted classes: neighbours on the grid
  that have different classes are counted, and with cells of width w and height h
  `length = pi / 4 (h n_horizontal + w n_vertical)`, which is right on average over all directions.

For pictures, the table of measurements also has `plane_class`, the predicted class of each point,
with the number of the point from 1 as `layer`: row by row from the lowest second feature, in a row
from the lowest first feature. `plane_low` and `plane_high` are the first and the last point of both
features, as `layer` 1 and 2. `plane_x`, `plane_y` and `plane_label` are both features and the label
of the first 200 training examples, numbered from 1. They are no metrics.

Source: the formula of Cauchy and Crofton; see do Carmo (1976), Differential geometry of curves and
surfaces, 1.7.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from overfit.metrics.table import Metric, Quantity
from overfit.training.probes import Measurement, Snapshot

SIDE = 30
EXAMPLES = 200
ROOM = 0.05
QUANTITIES = {
    "boundary": Quantity(
        Metric(
            "Length of the decision boundary",
            meaning="length of the boundaries between predicted classes in the plane of the first "
            "two features, in units of the inputs",
            bounds=(0.0, math.inf),
        ),
        positive=True,
        whole=True,
        layers=False,
    ),
}


def measure(snapshot: Snapshot) -> Iterator[Measurement]:
    """See the module."""
    parts = [inputs[0].copy() for inputs, _ in snapshot.examples("test").chunks(snapshot.scratch)]
    examples = np.concatenate(parts).astype(np.float64)
    low, high = examples[:, :2].min(axis=0), examples[:, :2].max(axis=0)
    size = np.where(high > low, high - low, 1.0)
    low, high = low - ROOM * size, high + ROOM * size
    first, second = np.linspace(low, high, SIDE).T
    points = np.tile(examples.mean(axis=0), (SIDE**2, 1))
    points[:, 0], points[:, 1] = np.tile(first, SIDE), np.repeat(second, SIDE)
    logits, _ = snapshot.network.forward(
        snapshot.parameters.layers,
        snapshot.states,
        points[None].astype(snapshot.parameters.flat.dtype),
        train=False,
        scratch=snapshot.scratch,
    )
    classes = logits[0].argmax(axis=-1)
    plane = classes.reshape(SIDE, SIDE)
    width, height = (high - low) / (SIDE - 1)
    edges = np.ones(SIDE)
    edges[[0, -1]] = 0.5
    horizontal = edges @ np.count_nonzero(plane[:, 1:] != plane[:, :-1], axis=1)
    vertical = edges @ np.count_nonzero(plane[1:] != plane[:-1], axis=0)
    length = math.pi / 4 * (height * horizontal + width * vertical)
    yield Measurement(0, "boundary", float(length))
    for layer, (least, most) in enumerate(zip(low, high, strict=True), start=1):
        yield Measurement(layer, "plane_low", float(least))
        yield Measurement(layer, "plane_high", float(most))
    inputs, labels = snapshot.first(snapshot.replicate.train, EXAMPLES)
    for number, (features, label) in enumerate(zip(inputs[0], labels[0], strict=True), start=1):
        yield Measurement(number, "plane_x", float(features[0]))
        yield Measurement(number, "plane_y", float(features[1]))
        yield Measurement(number, "plane_label", float(label))
    for point, found in enumerate(classes.tolist(), start=1):
        yield Measurement(point, "plane_class", float(found))
