"""What a training run leaves behind: loss and accuracy at the evaluation points."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

SPLITS = ("train", "validation", "test")


@dataclass
class History:
    """Rows `seed, update, epoch, split, loss, accuracy, diverged`, one a point, split and seed."""

    columns: dict[str, list[Any]] = field(
        default_factory=lambda: {
            name: []
            for name in ("seed", "update", "epoch", "split", "loss", "accuracy", "diverged")
        }
    )

    def add(self, **row: Any) -> None:
        """Append one row."""
        for name, values in self.columns.items():
            values.append(row[name])

    def mark_divergence(self) -> int | None:
        """Flag every row if a loss is not finite anywhere, and blank the rows from there on.

        Returns:
            The update of the first blank rows, if there are any.
        """
        losses = self.columns["loss"]
        first = next((i for i, loss in enumerate(losses) if not math.isfinite(loss)), None)
        if first is None:
            return None
        update: int = self.columns["update"][first]
        for i in range(len(self)):
            self.columns["diverged"][i] = True
            if self.columns["update"][i] >= update:
                losses[i] = self.columns["accuracy"][i] = math.nan
        return update

    def __len__(self) -> int:
        return len(self.columns["seed"])
