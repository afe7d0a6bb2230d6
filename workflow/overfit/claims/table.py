"""The table of claims: one row per claim, and the correction for their number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from overfit.claims.claim import Claim
from overfit.claims.kind import Test
from overfit.claims.power import decides_at
from overfit.claims.samples import Finding
from overfit.claims.verdict import (
    BY_INTERVAL,
    BY_INTERVAL_AND_HOLM,
    FEWEST_SEEDS,
    SIGNIFICANT,
    VERDICTS,
    Verdict,
    verdict,
)
from overfit.data.checked import DamagedError
from overfit.metrics.tables import CLAIMS, DECIDED, Columns, read_table

Correction = Literal["none", "holm"]
EXPLORATORY = "exploratory"
"""The status of a verdict on seeds that may have been seen before."""


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
        * `basis`: the basis of the verdict;
        * `cites`: where the statement comes from;
        * `status`: on which seeds it rests;
        * `decides_at`: about how many seeds would decide an inconclusive claim, see
          `overfit.claims.power`; infinity for more than 1,000, NaN if it is decided or if the
          spread of its seeds is unknown;
        * `fragile`: the seed that decides it alone, see `fragile`; NaN if there is none;
        * `look`: how often its seeds have been looked at, this time included;
        * `straight`: of interpolated metrics, the estimate with straight lines between evaluations;
          if it is beyond the interval, evaluations are too far apart for this interval.
    """
    rows = [_row(claim, metrics) for claim in claims]
    return pd.DataFrame(rows, columns=list(DECIDED))


def _row(claim: Claim, metrics: pd.DataFrame) -> dict[str, Any]:
    test = claim.test
    found = test.find(metrics)
    decided = verdict(test.effect, found.low, found.high, found.n)
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
        "verdict": decided,
        "basis": BY_INTERVAL,
        "cites": claim.cites,
        "status": EXPLORATORY,
        "decides_at": _decides_at(test, found) if decided == "inconclusive" else math.nan,
        "fragile": fragile(test, metrics, found, decided),
        "look": 1,
        "straight": _straight(test, metrics),
    }


def _decides_at(test: Test, found: Finding) -> float:
    return decides_at(test.effect, found.estimate, found.low, found.high, found.n)


def _straight(test: Test, metrics: pd.DataFrame) -> float:
    own = metrics[metrics["metric"] == test.metric]
    if own["straight"].isna().all():
        return math.nan
    return test.find(own.assign(value=own["straight"])).estimate


def fragile(test: Test, metrics: pd.DataFrame, whole: Finding, decided: Verdict) -> float:
    """The seed without which the verdict would be another one; NaN if there is none.

    Of several such seeds it is the one that moves the estimate most. If the verdict depends on half
    of the seeds or more, no single one decides it: the interval then ends close to a bound. Neither
    does one if too few seeds would be left to decide anything.
    """
    if whole.n <= FEWEST_SEEDS:
        return math.nan
    moves: dict[float, float] = {}
    for seed in metrics.loc[metrics["metric"] == test.metric, "seed"].unique():
        found = test.find(metrics[metrics["seed"] != seed])
        if verdict(test.effect, found.low, found.high, found.n) != decided:
            moves[float(seed)] = abs(found.estimate - whole.estimate)
    if not moves or 2 * len(moves) >= whole.n:
        return math.nan
    return max(moves, key=lambda seed: moves[seed])


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
    """Add `p_adjusted` beside `p`, over each `family`, and correct the verdicts if requested.

    With `holm` a claim stays supported or contradicted only if `p_adjusted` is below 0.05; if not,
    it is inconclusive. `basis` records this.
    """
    adjusted = claims.groupby("family")["p"].transform(lambda p: holm(p.to_numpy(float)))
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
