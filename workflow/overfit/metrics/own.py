"""Metrics that are not overfit's: those of measurements, and those of trainers."""

from __future__ import annotations

import math
from typing import Literal

from overfit.config.model import Model, Text, name_mistake
from overfit.config.names import metric_mistake
from overfit.config.problems import did_you_mean
from overfit.metrics.table import SPLITS, Metric

CURVES = tuple(f"{split}_{quantity}" for split in SPLITS for quantity in ("accuracy", "loss"))
"""The metrics that have learning curves."""


class OwnMetric(Model):
    """How a custom metric is written."""

    name: Text | None = None
    """The name of a custom metric for readers."""
    unit: str = ""
    """The unit of a custom metric."""
    better: Literal["higher", "lower"] | None = None
    """Which values of a custom metric are better."""
    positive: bool = False
    """Whether a custom metric is always above 0, so that its ratios make sense."""

    def wording(self, key: str) -> Metric:
        """How the metric is written."""
        name = self.name or key.replace("_", " ").capitalize()
        low = 0.0 if self.positive else -math.inf
        return Metric(
            name,
            self.unit,
            self.unit,
            better=self.better,
            ratios=self.positive,
            bounds=(low, math.inf),
        )


def is_known(name: str) -> bool:
    """Whether a metric is one of overfit's."""
    return metric_mistake(name, None) is None


def own_mistake(name: str) -> str | None:
    """Why a custom metric can't have this name; None if it can."""
    if wrong := name_mistake(name):
        known = metric_mistake(name, None) or ""
        hint = did_you_mean(name, CURVES) if "did you mean" in known else ""
        return f"{wrong}{hint}"
    return None
