"""What a probe is, and the table that it fills."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from overfit.training.stack import Stack


class Measurement(NamedTuple):
    """One number: `layer` counts affine layers from 1; 0 is the whole network."""

    layer: int
    quantity: str
    value: float


class Probe(Protocol):
    """Looks at one replicate of a stack and changes nothing."""

    def measure(self, stack: Stack, r: int) -> Iterable[Measurement]:
        """What it finds in replicate `r` now."""
        ...


class ProbeRows:
    """Rows `seed, update, layer, quantity, value`."""

    def __init__(self) -> None:
        self.columns: dict[str, list[Any]] = {
            name: [] for name in ("seed", "update", "layer", "quantity", "value")
        }

    def extend(self, seed: int, update: int, measurements: Iterable[Measurement]) -> None:
        """Append what a probe has measured after `update`."""
        for layer, quantity, value in measurements:
            for name, entry in zip(
                self.columns, (seed, update, layer, quantity, value), strict=True
            ):
                self.columns[name].append(entry)

    def __len__(self) -> int:
        return len(self.columns["seed"])
