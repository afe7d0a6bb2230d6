"""The table of claims: one row per claim, and the correction for their number."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from overfit.claims.claim import Claim
from overfit.claims.verdict import (
    BY_INTERVAL,
    BY_INTERVAL_AND_HOLM,
    SIGNIFICANT,
    VERDICTS,
    verdict,
)
from overfit.data.checked import DamagedError
from overfit.metrics.tables import CLAIMS, DECIDED, Columns, read_table

Correction = Literal["none", "holm"]


def decide(claims: Sequence[Claim], metrics: pd.DataFrame) -> pd.DataFrame:
    """Decide on the claims of one experiment. The unit of replication is the seed.

    Args:
        claims: the experiment's claims.
        metrics: the table of `metrics` of the same experiment.

    Returns:
        One row per claim, in their order: experiment, claim, says, kind, metric, then

        * `estimate`: the effect that the kind is about, in its unit, see `overfit.claims.kinds`;
        * `ci_low`, `ci_high`: its 95% interval;
        * `margin`: the smallest effect of interest;
        * `n`: seeds that have a value wherever the test needs one; with fewer than five nothing is
          decided, with fewer than two there is no interval;
        * `p`: of the kind's test, which knows nothing of the margin but for `equivalent`;
        * `verdict`: the decision by the interval;
        * `basis`: the basis of the verdict.
    """
    rows = [_row(claim, metrics) for claim in claims]
    return pd.DataFrame(rows, columns=list(DECIDED))


def _row(claim: Claim, metrics: pd.DataFrame) -> dict[str, Any]:
    test = claim.test
    found = test.find(metrics)
    return {
        "experiment": metrics["experiment"].iloc[0],
        "claim": claim.id,
        "says": claim.says,
        "kind": test.kind,
        "metric": test.metric,
        "estimate": found.estimate,
        "ci_low": found.low,
        "ci_high": found.high,
        "margin": test.margin,
        "n": found.n,
        "p": found.p,
        "verdict": verdict(test.effect, found.low, found.high, found.n),
        "basis": BY_INTERVAL,
    }


def read_claims(path: Path | str, columns: Columns = CLAIMS) -> pd.DataFrame:
    """Read results/claims.csv or, with the columns `DECIDED`, a table of `decide`.

    Raises:
        FileNotFoundError: the file is missing.
        DamagedError: it is damaged.
    """
    table = pd.DataFrame(read_table(path, columns))
    if unknown := sorted(set(table["verdict"]) - VERDICTS.keys()):
        raise DamagedError(path, f"{unknown[0]!r} is no verdict")
    return table


def adjust(claims: pd.DataFrame, correction: Correction = "none") -> pd.DataFrame:
    """Add `p_adjusted` beside `p`, over all rows, and correct the verdicts if requested.

    With `holm` a claim stays supported or contradicted only if `p_adjusted` is below 0.05; if not,
    it is inconclusive. `basis` records this.
    """
    adjusted = holm(claims["p"].to_numpy(float))
    corrected = claims.copy()
    corrected.insert(list(claims.columns).index("p") + 1, "p_adjusted", adjusted)
    if correction == "holm":
        decided = claims["verdict"].isin(["supported", "contradicted"])
        corrected.loc[decided & ~(adjusted < SIGNIFICANT), "verdict"] = "inconclusive"
        corrected["basis"] = BY_INTERVAL_AND_HOLM
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
