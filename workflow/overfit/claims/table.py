"""Claims: what the seeds say about the statements of an experiment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from overfit.claims.holm import INTERVAL
from overfit.claims.kinds import KINDS, kind_of

COLUMNS = (
    "experiment",
    "claim",
    "says",
    "kind",
    "metric",
    "estimate",
    "ci_low",
    "ci_high",
    "margin",
    "n",
    "p",
    "verdict",
    "basis",
)


def decide(claims: Sequence[Mapping[str, Any]], metrics: pd.DataFrame) -> pd.DataFrame:
    """Decide on the claims of one experiment. The unit of replication is the seed.

    Args:
        claims: the claims of the experiment's plan.
        metrics: the table of `metrics` of the same experiment.

    Returns:
        One row a claim, in their order: experiment, claim, says, kind, metric, then

        * `estimate`: the effect that the kind is about, in its unit, see the modules of the kinds;
        * `ci_low`, `ci_high`: its 95% interval;
        * `margin`: the smallest effect of interest;
        * `n`: seeds that have a value wherever the test needs one; with fewer than two there is no
          interval;
        * `p`: of the kind's test, which knows nothing of the margin but for `equivalent`;
        * `verdict`: what the interval decides;
        * `basis`: what the verdict is based on.
    """
    rows = [_row(claim, metrics) for claim in claims]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(claim: Mapping[str, Any], metrics: pd.DataFrame) -> dict[str, Any]:
    test = claim["test"]
    kind = kind_of(test)
    found = KINDS[kind](metrics, test)
    return {
        "experiment": metrics["experiment"].iloc[0],
        "claim": claim["id"],
        "says": claim["says"],
        "kind": kind,
        "metric": test[kind],
        "estimate": found.estimate,
        "ci_low": found.low,
        "ci_high": found.high,
        "margin": test["margin"],
        "n": found.n,
        "p": found.p,
        "verdict": found.verdict,
        "basis": INTERVAL,
    }
