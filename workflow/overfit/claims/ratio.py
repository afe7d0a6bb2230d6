"""The ratio of two variants, seed by seed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from overfit.claims.finding import Finding, of_mean
from overfit.claims.samples import ascending, two_sides


def find(metrics: pd.DataFrame, test: Mapping[str, Any]) -> Finding:
    """The geometric mean over seeds of `of` divided by `to`: `exp(mean(log(of / to)))`.

    The mean of the logarithms is judged against `log(1 + margin)`; estimate and interval are then
    turned into ratios. A seed with a value of 0 on either side has no ratio and is left out.
    """
    of, to = two_sides(metrics, test["ratio"], test, "to")
    ratios = ascending(of.where(of > 0) / to.where(to > 0))
    found = of_mean(np.log(ratios), math.log1p(test["margin"]), test["expect"])
    return replace(
        found,
        estimate=math.exp(found.estimate),
        low=math.exp(found.low),
        high=math.exp(found.high),
    )
