"""Early stopping."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from overfit.nn.checks import at_least_1, one_of


@dataclass(frozen=True)
class EarlyStopping:
    """Stop a replicate when `patience` evaluations in a row have not improved on the best one.

    Whether it stopped or not, it ends with the parameters of its best evaluation, and that
    evaluation is what its history ends with.

    Source: Prechelt (1998), Early stopping - but when?
    """

    patience: int
    metric: Literal["validation_loss", "validation_accuracy"] = "validation_loss"

    def __post_init__(self) -> None:
        at_least_1("patience", self.patience)
        one_of("metric", self.metric, ("validation_loss", "validation_accuracy"))

    def improves(self, value: float, best: float) -> bool:
        """Whether `value` is better than `best`; NaN never is."""
        if math.isnan(value):
            return False
        if math.isnan(best):
            return True
        return value < best if self.metric == "validation_loss" else value > best
