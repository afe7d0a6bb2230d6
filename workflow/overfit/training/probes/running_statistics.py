"""The fit of batch normalization's running statistics to a network's signals in evaluation.

Of the first 2,000 test images, in evaluation mode, and only for networks with batch normalization:

* `batch_accuracy`: test accuracy if each layer normalizes by the mean and the variance of a batch,
  as in training. The batches are random and as large as those of the training; images that don't
  fill one are left out;
* `running_gain`: accuracy on the same images with the running statistics, as in every evaluation,
  minus `batch_accuracy`;
* `variance_shift` of each normalized layer: the mean over its units of `max(v / r, r / v)`, where r
  is the running variance and v the variance of the layer's inputs over the images in evaluation
  mode, both plus epsilon. It is 1 if the running variance is that of the inputs in evaluation.
  Dropout before a normalization moves it: it enlarges the variance in training, but is off in
  evaluation. Layer 0 is the mean of the layers.

Sources: Ioffe and Szegedy (2015), Batch normalization, 3.1; Li, Chen, Hu, Yang (2018),
Understanding the disharmony between dropout and batch normalization by variance shift, equation 12.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from overfit.metrics.table import Metric, Quantity, percentage
from overfit.nn.affine import Affine
from overfit.nn.layers.batch_norm import BatchNorm
from overfit.nn.memory import Array, Arrays
from overfit.training.probes import Measurement, Snapshot

IMAGES = 2000
QUANTITIES = {
    "batch_accuracy": Quantity(
        percentage(
            "Test accuracy with batch statistics",
            better="higher",
            meaning="test accuracy if batch normalization uses the statistics of each batch of "
            "test images, as in training",
        ),
        positive=True,
        whole=True,
        layers=False,
    ),
    "running_gain": Quantity(
        percentage(
            "Gain of running statistics",
            "points",
            meaning="test accuracy with the running statistics minus that with batch statistics",
            bounds=(-1.0, 1.0),
        ),
        whole=True,
        layers=False,
    ),
    "variance_shift": Quantity(Metric("Variance shift", better="lower"), positive=True, whole=True),
}


def measure(snapshot: Snapshot) -> Iterator[Measurement]:
    """See the module."""
    layers = snapshot.network.layers
    if not any(isinstance(layer, BatchNorm) for layer in layers):
        return
    inputs, labels = snapshot.first(snapshot.test, IMAGES)
    states: list[Arrays] = snapshot.states
    shifts, number, x = [], 0, inputs
    for i, layer in enumerate(layers):
        number += isinstance(layer, Affine)
        if isinstance(layer, BatchNorm):
            v = x.var(axis=1, dtype=np.float64)[0] + layer.eps
            r = states[i]["var"][0, 0].astype(np.float64) + layer.eps
            shifts.append(float(np.maximum(v / r, r / v).mean()))
            yield Measurement(number, "variance_shift", shifts[-1])
        x = _through(snapshot, i, states[i], x, train=False)
    yield Measurement(0, "variance_shift", float(np.mean(shifts)))
    running = (x.argmax(axis=-1) == labels)[0]

    size = snapshot.batch_size
    order = np.random.default_rng(snapshot.replicate.seed).permutation(inputs.shape[1])
    order = order[: inputs.shape[1] // size * size]
    x = inputs[0, order].reshape(-1, size, inputs.shape[-1])
    for i, state in enumerate(states):
        own = {name: np.repeat(array, len(x), axis=0) for name, array in state.items()}
        x = _through(snapshot, i, own, x, train=isinstance(layers[i], BatchNorm))
    batch = float((x.argmax(axis=-1) == labels[0, order].reshape(-1, size)).mean())
    yield Measurement(0, "batch_accuracy", batch)
    yield Measurement(0, "running_gain", float(running[order].mean()) - batch)


def _through(snapshot: Snapshot, i: int, state: Arrays, x: Array, *, train: bool) -> Array:
    """The output of layer i for x (K, B, in): K batches, each alone."""
    params, scratch = snapshot.parameters.layers[i], snapshot.scratch.child(i)
    y, _ = snapshot.network.layers[i].forward(
        params, state, x, train=train, rng=(), scratch=scratch
    )
    return y
