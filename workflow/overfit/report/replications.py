"""The matrix of replications: each claim's verdict and effect in each of them, and a summary."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from overfit.claims.claim import Claim
from overfit.claims.pooled import pooled
from overfit.claims.verdict import Effect
from overfit.config.experiment import Experiment
from overfit.metrics.format import percent
from overfit.metrics.resampling import CONFIDENCE, t_quantile
from overfit.report.ledger import Evidence, Rows


@dataclass(frozen=True)
class Replicated:
    """A claim in an experiment and in its replications."""

    says: str
    results: tuple[Evidence | None, ...]
    """By column of the matrix; None where it was not replicated, or not decided."""
    held: int
    """The number of results in which it is supported."""
    mean: str
    """The random-effects mean and its interval, "" where fewer than two can be averaged."""
    spread: str
    """The spread of the effects between replications."""

    @property
    def decided(self) -> int:
        """The number of results."""
        return sum(one is not None for one in self.results)


@dataclass(frozen=True)
class Matrix:
    """All replicated claims."""

    columns: tuple[str, ...]
    """The original first, then the labels of the replications."""
    experiments: tuple[tuple[Experiment, tuple[Replicated, ...]], ...]


def matrix(
    experiments: Sequence[Experiment], claims: Sequence[Evidence], rows: Rows
) -> Matrix | None:
    """The matrix of those experiments that have replications; None if none has.

    A mean is over one result for each choice of data: those of another trainer on the same data
    repeat the same numbers, which is no new evidence.

    Args:
        experiments: all experiments of the report.
        claims: the evidence on their claims.
        rows: the table of claims.
    """
    labels = tuple(dict.fromkeys(one.replication for one in experiments if one.replicates))
    shown = {(one.experiment, one.claim): one for one in claims}
    found = []
    for own in experiments:
        again = {one.replication: one for one in experiments if one.replicates == own.name}
        versions = [own, *(again.get(label) for label in labels)]
        if again:
            replicated = (_replicated(claim, versions, shown, rows) for claim in own.claims)
            found.append((own, tuple(replicated)))
    return Matrix(("As it is", *labels), tuple(found)) if found else None


def _replicated(
    claim: Claim,
    versions: Sequence[Experiment | None],
    shown: Mapping[tuple[str, str], Evidence],
    rows: Rows,
) -> Replicated:
    results = tuple(shown.get((one.name, claim.id)) if one else None for one in versions)
    effect = claim.test.effect
    by_data: dict[frozenset[str], tuple[float, float]] = {}
    for one in versions:
        row = one and rows.get((one.name, claim.id))
        if one and row and (found := _with_error(row, effect)):
            by_data.setdefault(frozenset(cell.run.subset_id for cell in one.trained), found)
    mean, spread = _averaged(list(by_data.values()), effect)
    held = sum(one is not None and one.verdict == "supported" for one in results)
    return Replicated(claim.says, results, held, mean, spread)


def _with_error(row: Mapping[str, Any], effect: Effect) -> tuple[float, float] | None:
    """An effect and its standard error, which its interval would have if it were one of Student."""
    numbers = [float(row[key]) for key in ("estimate", "ci_low", "ci_high")]
    if effect.log:
        numbers = [math.log(one) if one > 0 else math.nan for one in numbers]
    estimate, low, high = numbers
    n = int(row["n"])
    if n < 2 or not all(map(math.isfinite, numbers)) or high <= low:
        return None
    return estimate, (high - low) / 2 / t_quantile(n, CONFIDENCE)


def _averaged(found: Sequence[tuple[float, float]], effect: Effect) -> tuple[str, str]:
    """The mean of effects, and how much they differ, in words."""
    if len(found) < 2 or (one := pooled(*zip(*found, strict=True))) is None:
        return "", ""
    numbers = (one.mean, one.low, one.high)
    mean, low, high = map(math.exp, numbers) if effect.log else numbers
    unit = effect.unit
    text = f"{unit.text(mean)} {unit.interval(low, high)} {unit.name}".rstrip()
    return text, f"I² {percent(round(one.i2, 2))} of {len(found)} choices of data"
