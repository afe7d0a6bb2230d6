"""Probes: measurements of a network besides loss and accuracy, at the evaluation points.

A probe is a module in this folder. It contains a function `measure(snapshot)`, see `Probe`, and
describes what it measures in `QUANTITIES`, see `overfit.metrics.table`. The file's name is the
probe's name. To add a probe, add a file.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from overfit.metrics.table import probe_files
from overfit.nn.memory import Array, Arrays, Parameters, Scratch
from overfit.nn.network import Network
from overfit.training.evaluate import softmax
from overfit.training.examples import Examples
from overfit.training.stack import Replicate, Stack


@dataclass(frozen=True)
class Snapshot:
    """One replicate at an evaluation point. All arrays have a replicate axis of length 1."""

    network: Network
    parameters: Parameters
    """Read-only views of the replicate's parameters: writing into them fails."""
    states: list[Arrays]
    """Also read-only views: copy them for a forward pass in training mode."""
    replicate: Replicate
    """Its seed, data and hyperparameters."""
    test: Examples
    """Its test examples."""
    lr: float
    """Learning rate of the next update, including the schedule's factor."""
    batch_size: int
    label_smoothing: float
    scratch: Scratch
    """Memory for probes, separate from that of training and evaluation."""
    predicted: dict[str, Array] = field(default_factory=dict)
    """The known probabilities (n, K) by split; see `probabilities`."""

    def weights(self) -> Iterator[tuple[int, Array]]:
        """Affine layers counted from 1, and their weights (in, out)."""
        affine = (layer["W"][0] for layer in self.parameters.layers if "W" in layer)
        return enumerate(affine, start=1)

    def examples(self, split: str) -> Examples:
        """Its examples of a split: `train`, `validation` or `test`."""
        own = {"train": self.replicate.train, "validation": self.replicate.validation}
        return own.get(split, self.test)

    def probabilities(self, split: str) -> Array:
        """Probabilities (n, K) of the examples of a split, in float64.

        With Monte Carlo dropout, they are those by which the evaluation has scored the network.
        They are computed once for all probes that ask for them.
        """
        if split not in self.predicted:
            parts = []
            for inputs, _ in self.examples(split).chunks(self.scratch):
                logits, _ = self.network.forward(
                    self.parameters.layers, self.states, inputs, train=False, scratch=self.scratch
                )
                parts.append(softmax(logits[0].astype(np.float64)))
            self.predicted[split] = np.concatenate(parts)
        return self.predicted[split]

    def first(self, examples: Examples, count: int) -> tuple[Array, NDArray[np.integer[Any]]]:
        """Inputs (1, b, d) and labels (1, b) of the first `count` of `examples`, or of all."""
        count = min(count, len(examples))
        inputs = self.scratch("first", (1, count, examples.inputs.shape[1]))
        examples.gather(np.arange(count), inputs[0], self.scratch)
        return inputs, examples.labels[None, :count]


class Measurement(NamedTuple):
    """One number: `layer` counts affine layers from 1; 0 is the whole network."""

    layer: int
    quantity: str
    value: float


class Probe(Protocol):
    """Measures one replicate and changes nothing.

    The result depends only on the replicate: not on others in its stack, random streams of the
    training, or earlier measurements.
    """

    def measure(self, snapshot: Snapshot) -> Iterable[Measurement]:
        """The current measurements. Each quantity's name belongs to a single probe."""
        ...


class ProbeRows:
    """Rows `seed, update, layer, quantity, value`."""

    def __init__(self) -> None:
        self.columns: dict[str, list[Any]] = {
            name: [] for name in ("seed", "update", "layer", "quantity", "value")
        }

    def extend(self, seed: int, update: int, measurements: Iterable[Measurement]) -> None:
        """Append the measurements of a probe after `update`."""
        found = list(measurements)
        self.columns["seed"] += [seed] * len(found)
        self.columns["update"] += [update] * len(found)
        for name in ("layer", "quantity", "value"):
            self.columns[name] += [getattr(measurement, name) for measurement in found]

    def blank_from(self, update: int) -> None:
        """Make every value NaN from `update` on: the network had diverged by then."""
        values = self.columns["value"]
        for i, then in enumerate(self.columns["update"]):
            if then >= update:
                values[i] = math.nan

    def __len__(self) -> int:
        return len(self.columns["seed"])


def make(name: str) -> Probe:
    """The probe of this name.

    Raises:
        ValueError: no probe has this name.
    """
    known = probe_files()
    if name not in known:
        raise ValueError(f"no probe {name!r}; there are {', '.join(known)}")
    return cast(Probe, import_module(f"{__name__}.{name}"))


def snapshot(
    stack: Stack,
    r: int,
    test: Examples,
    scratch: Scratch,
    *,
    factor: float,
    batch_size: int,
    predicted: Mapping[str, Array] = MappingProxyType({}),
) -> Snapshot:
    """The current state of replicate `r` of a stack.

    Args:
        stack: the stack.
        r: its position in the stack.
        test: its test examples.
        scratch: memory for probes.
        factor: the learning-rate schedule's factor of the next update.
        batch_size: the number of examples in a batch.
        predicted: the probabilities (n, K) by which the evaluation has scored splits.
    """
    own, replicate, parameters = slice(r, r + 1), stack.replicates[r], stack.ordered(r)
    return Snapshot(
        network=stack.network,
        parameters=parameters.like(_read_only(parameters.flat)),
        states=[
            {name: _read_only(array[own]) for name, array in state.items()}
            for state in stack.states
        ],
        replicate=replicate,
        test=test,
        lr=replicate.optimizer.lr * factor,
        batch_size=batch_size,
        label_smoothing=stack.label_smoothing,
        scratch=scratch,
        predicted=dict(predicted),
    )


def _read_only(view: NDArray[Any]) -> NDArray[Any]:
    view.flags.writeable = False
    return view
