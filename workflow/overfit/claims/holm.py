"""Holm's correction for the number of claims, and what it does to verdicts."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Correction = Literal["none", "holm"]
INTERVAL = "95% interval"
"""What verdicts are based on."""
WITH_HOLM = "95% interval and Holm's p < 0.05"
SIGNIFICANT = 0.05


def adjust(claims: pd.DataFrame, correction: Correction = "none") -> pd.DataFrame:
    """Add `p_adjusted` beside `p`, over all rows, and correct the verdicts if that is asked for.

    With `holm` a claim stays supported or contradicted only if `p_adjusted` is below 0.05, else it
    is inconclusive; `basis` says so.
    """
    adjusted = holm(claims["p"].to_numpy(float))
    corrected = claims.copy()
    corrected.insert(list(claims.columns).index("p") + 1, "p_adjusted", adjusted)
    if correction == "holm":
        decided = claims["verdict"].isin(["supported", "contradicted"])
        corrected.loc[decided & ~(adjusted < SIGNIFICANT), "verdict"] = "inconclusive"
        corrected["basis"] = WITH_HOLM
    return corrected


def holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Holm's step-down adjustment of p-values.

    With p sorted ascending, `adjusted_i = max_{j <= i} min(1, (m - j + 1) p_j)`. NaN was not tested
    and doesn't count in m.

    Source: Holm (1979), A simple sequentially rejective multiple test procedure.
    """
    tested = np.flatnonzero(~np.isnan(p))
    ascending = tested[np.argsort(p[tested], kind="stable")]
    factors = np.arange(len(ascending), 0, -1)
    adjusted = np.full(len(p), np.nan)
    adjusted[ascending] = np.maximum.accumulate(np.minimum(1.0, factors * p[ascending]))
    return adjusted
