"""The kinds of claims: each a module with a function `find(metrics, test)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from overfit.claims import (
    difference,
    equivalent,
    interaction,
    level,
    location,
    probability,
    ratio,
    trend,
)
from overfit.claims.finding import Finding

KINDS: Mapping[str, Callable[[pd.DataFrame, Mapping[str, Any]], Finding]] = {
    "difference": difference.find,
    "level": level.find,
    "ratio": ratio.find,
    "trend": trend.find,
    "equivalent": equivalent.find,
    "interaction": interaction.find,
    "location": location.find,
    "probability": probability.find,
}


def kind_of(test: Mapping[str, Any]) -> str:
    """The kind of a test: the key that names its metric."""
    return next(kind for kind in KINDS if kind in test)
