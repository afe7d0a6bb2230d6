"""What a probe is, and the table that it fills."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from overfit.training.snapshot import Snapshot


class Measurement(NamedTuple):
    """One number: `layer` counts affine layers from 1; 0 is the whole network."""

    layer: int
    quantity: str
    value: float


class Probe(Protocol):
    """Looks at one replicate and changes nothing.

    What it finds depends on the replicate alone: on no neighbour in its stack, no training stream,
    nothing that was measured before.
    """

    def measure(self, snapshot: Snapshot) -> Iterable[Measurement]:
        """What it finds now. No two probes use one name for a quantity."""
        ...


class ProbeRows:
    """Rows `seed, update, layer, quantity, value`."""

    def __init__(self) -> None:
        self.columns: dict[str, list[Any]] = {
            name: [] for name in ("seed", "update", "layer", "quantity", "value")
        }

    def extend(self, seed: int, update: int, measurements: Iterable[Measurement]) -> None:
        """Append what a probe has measured after `update`."""
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
